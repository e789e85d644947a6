"""Settings: everything an operator can choose, read once from the environment."""

from pathlib import Path
from typing import Final, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_ZONE: Final = "Asia/Shanghai"


class Settings(BaseSettings):
    """The operator's choices; each field is the environment variable ``GEOAPP_<NAME>``.

    ``DATABASE_URL`` and ``DATABASE_READ_URL`` have no prefix. Every setting is described in
    ``docs/settings.md``; a test holds that page and this class together. An empty variable is as one
    that is not set: that is what `VAR=` in a file of settings, or an unset name in another's, means.
    """

    model_config = SettingsConfigDict(
        env_prefix="GEOAPP_", env_ignore_empty=True, frozen=True, populate_by_name=True
    )

    data: Path = Field(default_factory=lambda: Path.home() / ".local" / "share" / "geoapp")
    port: int = Field(8000, ge=1, le=65535)
    host: str = "127.0.0.1"
    workers: int = Field(2, ge=1, le=64)
    database_url: str | None = Field(None, validation_alias="DATABASE_URL")
    database_read_url: str | None = Field(None, validation_alias="DATABASE_READ_URL")
    read_lag_seconds: float = Field(0.75, ge=0.1, le=60.0)
    pg_bin: Path | None = None
    wal_archive: Path | None = None
    base_backups_keep: int = Field(7, ge=0, le=366)
    timezone: str = DEFAULT_ZONE
    detour_factor: float = Field(1.3, ge=1.0, le=5.0)
    walking_speed_m_per_s: float = Field(1.2, gt=0.2, le=3.0)
    ebike_speed_m_per_s: float = Field(4.17, ge=1.0, le=12.0)
    walk_limit_minutes: float = Field(60.0, gt=0.0, le=1440.0)
    standard: str | None = None
    region_tolerance_m: float = Field(3000.0, ge=0.0)
    basemap_url: str | None = None
    basemap_datum: Literal["wgs84", "cgcs2000", "gcj02", "bd09"] = "wgs84"
    basemap_attribution: str = ""
    secure_cookies: bool = False
    trusted_proxies: int = Field(0, ge=0, le=10)
    trusted_hosts: str = ""
    require_second_factor: bool = False
    public_url: str | None = Field(None, pattern=r"https?://[^\s?#]+")
    secret_key: str | None = None
    sign_in_days: int = Field(184, ge=1, le=3660)
    session_days: float = Field(30.0, gt=0.0, le=366.0)
    oidc_issuer: str | None = Field(
        None, pattern=r"https://[^\s?#]+|http://(localhost|127\.0\.0\.1)(:\d+)?[^\s?#]*"
    )
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    oidc_client_secret_file: Path | None = None
    oidc_scopes: str = Field("openid profile", pattern=r"(.* )?openid( .*)?")
    oidc_title: str = ""
    oidc_name_claim: str = "preferred_username"
    oidc_rights: Path | None = None
    oidc_create_users: bool = False
    embed_ancestors: str = Field(
        "",
        pattern=r"^(https?://(\*\.)?[A-Za-z0-9.-]+(:\d+)?( +https?://(\*\.)?[A-Za-z0-9.-]+(:\d+)?)*)?$",
    )
    webhooks_http: bool = False
    webhooks_private: bool = False
    robots: Literal["stations", "none"] = "stations"
    monitor_token: str | None = None
    key_requests_per_minute: int = Field(600, ge=1, le=1_000_000)
    key_tiles_per_minute: int = Field(12_000, ge=1, le=1_000_000)
    header_seconds: float = Field(15.0, ge=1.0, le=600.0)
    body_seconds: float = Field(20.0, ge=1.0, le=600.0)
    upload_limit_mb: int = Field(256, ge=1)
    reports_agree: int = Field(2, ge=1, le=20)
    reports_days: int = Field(14, ge=1, le=366)
    reports_late_days: int = Field(7, ge=1, le=366)
    reports_keep_days: int = Field(180, ge=1, le=3660)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    def oidc_secret(self) -> str | None:
        """Return what the service shows the sign-in provider: from the setting, or from its file."""
        if self.oidc_client_secret is None and self.oidc_client_secret_file is not None:
            return self.oidc_client_secret_file.read_text(encoding="utf-8").strip()
        return self.oidc_client_secret

    @property
    def secret_key_file(self) -> Path:
        """Where the key that signs sessions is kept, unless ``secret_key`` gives another."""
        return self.data / "secret.key"
