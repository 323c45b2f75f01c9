"""The lint for foreign text: that it reaches a page or an error's sentence only through the sanitiser."""
