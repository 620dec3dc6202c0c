"""`tcdata recipe`: check a recipe, print its JSON schema, list those shipped."""

from __future__ import annotations

import click


@click.group("recipe", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Check a recipe, print the JSON schema of recipes, or list those shipped.

    \b
    Examples
      tcdata recipe schema > recipe.schema.json
      tcdata recipe check my.yaml --set mix.seed=7
    """


@command.command("schema")
def schema() -> None:
    """Print the JSON schema of recipes, for editors."""
    import orjson

    from toolcall_data.recipe import Recipe

    click.echo(orjson.dumps(Recipe.model_json_schema(), option=orjson.OPT_INDENT_2).decode())


@command.command("list")
def list_() -> None:
    """List the recipes shipped with tcdata."""
    from toolcall_data.bundled import files

    for path in files("recipes"):
        first = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        click.echo(f"{path.stem:<24} {first}")


@command.command("check")
@click.argument("recipe", metavar="RECIPE")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a key, as in mix.seed=7.")
def check(recipe: str, overrides: tuple[str, ...]) -> None:
    """Read a recipe and say whether it is sound."""
    from toolcall_data.recipe import read_recipe
    from toolcall_data.stages.load import inputs

    loaded = read_recipe(recipe, overrides)
    loaded.recipe.check.rules()
    files = inputs(loaded.recipe.sources, loaded.folder)
    click.echo(f"{loaded.path} is sound: {len(loaded.recipe.sources)} sources, {len(files)} files")
