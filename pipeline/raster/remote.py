"""What lies elsewhere: names that GDAL fetches from the network, and how it is kept from that."""

import re

# GDAL's file systems of the network, URLs (rasterio's s3://… too), and drivers whose names begin so. `vrt://` and
# archives within the machine are none; what they hold may be, and is found in the rest of the name.
_REMOTE = re.compile(
    r"/vsi(?:curl|s3|gs|az|adls|oss|swift|webhdfs|hdfs)(?:_streaming)?(?:[/?]|$)"
    r"|(?:https?|ftps?|s3|gs|az|oss|swift|adls|abfss?|hdfs|webhdfs)://"
    r"|\b(?:WMS|WMTS|WCS|TMS|PLMOSAIC|PLScenes|EEDAI?|DAAS|STACIT|STACTA|NGW|OGCAPI|PG):",
    re.IGNORECASE,
)

DRIVERS = frozenset({"HTTP", "WMS", "WMTS", "WCS", "PLMOSAIC", "EEDA", "EEDAI", "DAAS", "STACIT", "STACTA", "OGCAPI"})
"""GDAL's drivers that fetch what a description names."""

# One file name that is none keeps /vsicurl/ and all that are built on it from opening any; a proxy that nobody listens
# at (port 9 discards) stops the drivers that ask servers by themselves, but for hosts that NO_PROXY names.
OFFLINE = {
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTP_MAX_RETRY": "0",
}
"""GDAL's settings under which it fetches nothing from the network."""


def is_remote(name: str) -> bool:
    """Say whether GDAL fetches what is called so from the network."""
    # An absolute path is a file, whatever its folders are called.
    if name.startswith("/") and name[:4].casefold() != "/vsi":
        return False
    # There may be a hundred thousand names.
    return (":" in name or "/vsi" in name.casefold()) and _REMOTE.search(name) is not None


def find_name(text: str) -> str | None:
    """Return the first name in a text that is remote, as far as a blank or a mark that ends it; None: there is none."""
    found = _REMOTE.search(text)
    return None if found is None else re.split(r"[\s\"'<>]", text[found.start() :], maxsplit=1)[0]
