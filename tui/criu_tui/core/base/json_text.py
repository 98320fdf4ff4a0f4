"""JSON that somebody else wrote."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from criu_tui.core.base.units import number

if TYPE_CHECKING:
    from criu_tui.core.base.json import Json


def parsed(text: str | bytes) -> Json:
    """What it says. Raises ValueError in words for a user; what is quoted in them is not made safe to show."""
    try:
        document: Json = json.loads(text)
    except RecursionError:
        raise ValueError("nests too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except UnicodeDecodeError:
        raise ValueError("not JSON: not text in UTF-8") from None
    except ValueError:
        raise ValueError(f"a number of more than {number(sys.get_int_max_str_digits())} digits") from None
    return document
