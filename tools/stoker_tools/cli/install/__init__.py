"""The commands `stoker install`, `stoker update` and `stoker uninstall`."""
