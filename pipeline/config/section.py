"""What every section of the configuration has in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

_MOST = 2**63 - 1


class Section(BaseModel):
    """A frozen, picklable group of settings; an unknown key, or a number that is infinite or above 2^63, is wrong."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        validate_default=True,
    )

    @field_validator("*")
    @classmethod
    def _fits(cls, value: Any) -> Any:  # noqa: ANN401 - of any setting
        for number in value if isinstance(value, tuple) else (value,):
            if isinstance(number, int) and abs(number) > _MOST:
                msg = f"must be at most {_MOST}"
                raise ValueError(msg)
        return value
