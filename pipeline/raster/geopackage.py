"""The default style of a GeoPackage's layer, in the table where QGIS looks for it."""

import sqlite3
from contextlib import closing
from pathlib import Path

# The columns that QGIS gives the table (QgsOgrProvider, saveStyle).
_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME
)
"""
_REGISTER = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)
VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)
"""
_STYLE = """
INSERT INTO layer_styles (
    f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, useAsDefault,
    description, owner, ui, update_time
) VALUES ('', '', ?, ?, ?, ?, '', 1, '', '', NULL, ?)
"""


def add_style(path: Path, layer: str, qml: str, *, column: str, date: str) -> None:
    """Add a default style to a GeoPackage that has none.

    Args:
        path: of the GeoPackage; the layer is there.
        layer: that the style is of.
        qml: the style.
        column: of the layer's geometries.
        date: that the style is told to be of.

    Raises:
        sqlite3.Error: it cannot be written.
    """
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(_TABLE)
        file.execute(_REGISTER, (date,))
        file.execute(_STYLE, (layer, column, layer, qml, date))
