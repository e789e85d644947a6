"""Which browser somebody uses, in plain words, so that people know their own devices in a list."""

# The first that fits: most browsers also claim to be Chrome, Safari, or both.
_BROWSERS = (
    ("MicroMessenger/", "微信 WeChat"),
    ("DingTalk/", "钉钉 DingTalk"),
    ("wxwork/", "企业微信 WeCom"),
    ("HuaweiBrowser/", "华为浏览器 Huawei Browser"),
    ("MiuiBrowser/", "小米浏览器 Mi Browser"),
    ("QQBrowser/", "QQ 浏览器 QQ Browser"),
    ("UCBrowser/", "UC 浏览器 UC Browser"),
    ("QuarkBrowser/", "夸克 Quark"),
    ("360SE", "360 浏览器 360 Browser"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Return browser and system; no version, and nothing at all where neither is known.

    >>> device_of("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/139.0 Safari/537.36 Edg/139.0")
    'Edge · Windows'
    >>> device_of("curl/8.5")
    ''
    """
    found = [
        next((name for mark, name in names if mark in user_agent), None)
        for names in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(name for name in found if name)
