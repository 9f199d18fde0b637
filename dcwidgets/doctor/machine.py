"""Disk, memory, and the way to the network."""

from __future__ import annotations

import os
import shutil
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from dcwidgets.course.hardware import memory_gb
from dcwidgets.doctor.findings import Finding

# The drawn data, a downloaded cats_vs_dogs and the learner's own folder, prepared.
ROOM_GB = 2.0
# What a lesson in quick mode may take at its peak, with TensorFlow loaded.
MEMORY_GB = 1.4
# Variables with which programs find the certificates that they trust.
BUNDLES = (
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"),
    "NODE_EXTRA_CA_CERTS",
)
PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
SECONDS = 5.0


def room(place: Path, *, needed_gb: float = ROOM_GB) -> Finding:
    """Look for free disk where data sets go.

    Parameters
    ----------
    place : Path
        The folder of the data sets; it need not exist yet.
    needed_gb : float, default 2.0
        Gigabytes that are enough.
    """
    there = next(path for path in (place, *place.parents) if path.exists())
    free = shutil.disk_usage(there).free / 1e9
    if free < needed_gb:
        text = f"{free:.1f} GB are free in {there}, {needed_gb:g} are needed."
        mend = "dcwidgets lab --data-dir /a/disk/with/room"
        return Finding("disk", ok=False, text=text, mend=mend)
    return Finding("disk", ok=True, text=f"{free:.0f} GB free in {there}")


def memory(*, needed_gb: float = MEMORY_GB, total_gb: float | None = None) -> Finding:
    """Compare the machine's memory, or the container's share, with what a lesson takes.

    Parameters
    ----------
    needed_gb : float, default 1.4
        Gigabytes that are enough.
    total_gb : float, optional
        What there is; looked up if not given.
    """
    total = memory_gb() if total_gb is None else total_gb
    if total is None:  # Windows; some systems do not tell
        return Finding("memory", ok=True, text=f"unknown; a lesson takes up to {needed_gb:g} GB")
    if total < needed_gb:
        text = (
            f"{total:.1f} GB are here, a lesson takes up to {needed_gb:g} GB at its peak: a "
            "container needs a higher limit, another machine if it is no container."
        )
        mend = "docker run --memory 2g IMAGE"
        return Finding("memory", ok=False, text=text, mend=mend)
    free = _available_gb()
    if free is not None and free < needed_gb:
        text = f"{free:.1f} of {total:.1f} GB are free now; other kernels may hold the rest."
        return Finding("memory", ok=True, text=text, mend="jupyter server list")
    return Finding("memory", ok=True, text=f"{total:.1f} GB; a lesson takes up to {needed_gb:g} GB")


def certificates(environment: Mapping[str, str] = os.environ) -> Finding:
    """Look for certificates that are named and missing, and for a proxy that has none.

    Parameters
    ----------
    environment : mapping, optional
        Environment variables.
    """
    named = {name: environment[name] for name in BUNDLES if environment.get(name)}
    for name, path in named.items():
        if not Path(path).exists():
            text = f"{name} names {path}, which does not exist: no download can be checked."
            return Finding("certificates", ok=False, text=text, mend=f"unset {name}")
    proxy = next((environment[name] for name in PROXIES if environment.get(name)), "")
    if proxy and not named:
        # A proxy's address may hold a password: only the host is said.
        host = urlsplit(proxy if "//" in proxy else f"//{proxy}").hostname
        text = f"the proxy {host} may sign what it passes on, and no certificate of it is named."
        mend = f"export SSL_CERT_FILE={_system_bundle()} REQUESTS_CA_BUNDLE={_system_bundle()}"
        return Finding("certificates", ok=True, text=text, mend=mend)
    return Finding("certificates", ok=True, text=", ".join(named) or "Python's own")


def network(url: str, *, seconds: float = SECONDS) -> Finding:
    """Try the way to a download, through the proxy that is set if there is one.

    Parameters
    ----------
    url : str
        Address of a file; its head alone is asked for.
    seconds : float, default 5
        How long to wait.
    """
    host = urlsplit(url).hostname
    request = urllib.request.Request(url, method="HEAD")  # noqa: S310  ours, not the page's
    try:
        with urllib.request.urlopen(request, timeout=seconds):  # noqa: S310
            return Finding("network", ok=True, text=f"{host} answers")
    except urllib.error.HTTPError as error:
        return Finding("network", ok=True, text=f"{host} answers with {error.code}")
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            text = f"{host} shows a certificate that nobody here trusts; a proxy may have put it."
            mend = f"export SSL_CERT_FILE={_system_bundle()} REQUESTS_CA_BUNDLE={_system_bundle()}"
            return Finding("network", ok=False, text=text, mend=mend)
        text = f"{host} cannot be reached ({reason}); the course needs it for cats_vs_dogs only."
        return Finding("network", ok=False, text=text, mend="dcwidgets prepare pocket_pets")


def _system_bundle() -> str:
    """Return where this system keeps the certificates that its administrators trust."""
    usual = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
    return next((path for path in usual if Path(path).exists()), "/path/to/certificates.pem")


def _available_gb(file: Path = Path("/proc/meminfo")) -> float | None:
    try:
        lines = dict(line.split(":", 1) for line in file.read_text().splitlines())
        return int(lines["MemAvailable"].split()[0]) * 1024 / 1e9
    except (OSError, KeyError, ValueError):
        return None
