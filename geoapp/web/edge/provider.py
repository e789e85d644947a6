"""The sign-in provider (OpenID Connect) that the operator names, asked through Authlib.

The authorization code flow with PKCE; state and nonce lie in the signed session cookie. Nothing is
asked of the provider until somebody presses its button.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import structlog
from flask import Flask, current_app, url_for
from werkzeug.wrappers import Response

from geoapp.core.errors import (
    InvalidValueError,
    MissingPartError,
    NotAllowedError,
    UnavailableError,
    UnusableInputError,
)
from geoapp.core.i18n import Text
from geoapp.core.rights_by_claim import RightsByClaim, read_rights_by_claim
from geoapp.core.settings import Settings
from geoapp.web.edge.services import public_address

log = structlog.get_logger(__name__)

_EXTENSION: Final = "geoapp_provider"
_SECONDS: Final = 10.0
_CHECKED_BY_KEY: Final = ("RS", "PS", "ES", "Ed")
_AWAY = Text(
    "现在连不上单位的登录系统，请稍后再试，或用密码登录。",
    "The sign-in provider does not answer now. Try again later, or sign in with a password.",
)
_REFUSED = Text(
    "单位的登录系统没有确认您的身份，请重新登录。",
    "The sign-in provider did not confirm who you are. Please sign in anew.",
)


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider as this service knows it; ``client`` is Authlib's."""

    client: Any
    issuer: str
    title: Text
    name_claim: str
    rights: RightsByClaim | None
    create_users: bool

    def leave_for_it(self) -> Response:
        """Send the browser there, to come back to `return_address`."""
        with asking():
            self.metadata()
            response: Response = self.client.authorize_redirect(return_address())
        return response

    def claims(self) -> dict[str, Any]:
        """Return what it says of whoever comes back with the present request.

        Raises
        ------
        NotAllowedError
            If it did not let them in, or what they brought is not what was asked for.
        UnavailableError
            If it does not answer.
        """
        with asking():
            self.metadata()
            token = self.client.authorize_access_token(
                claims_options={
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self.client.client_id},
                    "sub": {"essential": True},
                }
            )
            found: Mapping[str, Any] | None = token.get("userinfo")
            if found is None:
                raise NotAllowedError(_REFUSED)
            claims = dict(found)
            if self._lacks(claims):
                more = self.client.userinfo(token=token)
                if more.get("sub") != claims["sub"]:
                    raise NotAllowedError(_REFUSED)
                claims = {**more, **claims}
        return claims

    def sign_out_address(self) -> str | None:
        """Return where a browser signs out there too; None where that is not offered."""
        with asking():
            if "end_session_endpoint" not in self.metadata():
                return None
            made = self.client.create_logout_url(
                post_logout_redirect_uri=public_address(url_for("finder.show")),
                client_id=self.client.client_id,
            )
        return str(made["url"])

    def _lacks(self, claims: Mapping[str, Any]) -> bool:
        """Tell whether a claim that is needed is not in the token: some say it only when asked."""
        wanted = {self.name_claim} if self.rights is None else {self.name_claim, self.rights.claim}
        return not wanted <= claims.keys() and "userinfo_endpoint" in self.metadata()

    def metadata(self) -> dict[str, Any]:
        """Return what it says of itself; of the ways to sign, those that say who signed."""
        found: dict[str, Any] = self.client.load_server_metadata()
        if found.get("issuer") != self.issuer:
            raise UnavailableError(
                Text(
                    f"登录系统自称 {found.get('issuer')}，与 GEOAPP_OIDC_ISSUER 不同。",
                    f"The provider calls itself {found.get('issuer')}, and GEOAPP_OIDC_ISSUER "
                    "something else.",
                )
            )
        # What is signed with a shared secret, or not at all, does not say who signed it.
        given = found.get("id_token_signing_alg_values_supported") or ["RS256"]
        found["id_token_signing_alg_values_supported"] = [
            one for one in given if str(one).startswith(_CHECKED_BY_KEY)
        ]
        return found


@contextmanager
def asking() -> Iterator[None]:
    """Turn what goes wrong in asking a provider into errors that say whether it refused or is away."""
    from authlib.integrations.base_client import OAuthError  # noqa: PLC0415  (an extra)
    from joserfc.errors import JoseError  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415

    try:
        yield
    except (OAuthError, JoseError) as error:
        log.warning("provider refused", kind=type(error).__name__, said=str(error)[:200])
        raise NotAllowedError(_REFUSED) from error
    except (RequestException, ValueError, KeyError, RuntimeError) as error:
        log.warning("provider away", kind=type(error).__name__)
        raise UnavailableError(_AWAY) from error


def provider() -> Provider | None:
    """Return the provider; None where the operator names none."""
    found: Provider | None = current_app.extensions.get(_EXTENSION)
    return found


def return_address() -> str:
    """Return where the provider sends the browser back to; it has to know it beforehand."""
    return public_address(url_for("provider.come_back"))


def init_provider(app: Flask, settings: Settings) -> None:
    """Set the provider up, if the operator names one.

    Raises
    ------
    InvalidValueError
        If the settings do not fit together.
    MissingPartError
        If the packages of the extra ``sso`` are not installed.
    UnusableInputError
        If the file of rights is faulty.
    """
    if settings.oidc_issuer is None:
        return
    if settings.oidc_client_id is None:
        raise InvalidValueError(
            "GEOAPP_OIDC_CLIENT_ID", None, Text("登录系统给的编号", "what the provider gave")
        )
    if settings.oidc_create_users and settings.oidc_rights is None:
        accepted = Text("与 GEOAPP_OIDC_RIGHTS 同用", "together with GEOAPP_OIDC_RIGHTS")
        raise InvalidValueError("GEOAPP_OIDC_CREATE_USERS", "true", accepted)
    try:
        from authlib.integrations.flask_client import OAuth  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError as error:
        raise MissingPartError(
            Text(
                "单位统一登录需要另装：pip install 'geoapp[sso]'",
                "Signing in by a provider needs more: pip install 'geoapp[sso]'",
            )
        ) from error
    try:
        secret = settings.oidc_secret()
    except (OSError, ValueError) as error:
        raise UnusableInputError(
            Text(
                f"读不了 GEOAPP_OIDC_CLIENT_SECRET_FILE：{error}",
                f"GEOAPP_OIDC_CLIENT_SECRET_FILE cannot be read: {error}",
            )
        ) from error
    client = OAuth(app).register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=secret,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={
            "scope": settings.oidc_scopes,
            "code_challenge_method": "S256",
            "default_timeout": _SECONDS,
            # Without a secret, the code's own proof (PKCE) is all there is.
            "token_endpoint_auth_method": "none" if secret is None else "client_secret_basic",
        },
    )
    rights = settings.oidc_rights
    title = settings.oidc_title
    app.extensions[_EXTENSION] = Provider(
        client=client,
        issuer=settings.oidc_issuer,
        title=Text(title, title) if title else Text("单位账号", "your organisation's account"),
        name_claim=settings.oidc_name_claim,
        rights=None if rights is None else read_rights_by_claim(rights),
        create_users=settings.oidc_create_users,
    )
