"""From tiles that know only themselves to one map: tables in, tables out, no pixels kept, no IO."""
