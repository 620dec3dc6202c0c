"""The stages of a recipe, in order: load, check, clean, mix, export, train. None knows another."""
