"""A hint to the processor that an element of an array will be needed soon; it changes no result."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


def _prefetch(_context: Any, array: Any, index: Any) -> Any:  # noqa: ANN401 - numba's types
    """Fetch the cache line of `array[index]`, an index within a one-dimensional array, to be written."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        of_type = signature.args[0]
        view = context.make_array(of_type)(context, builder, arguments[0])
        item: Any = cgutils.get_item_pointer
        pointer = item(context, builder, of_type, view, [arguments[1]], wraparound=False)
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        hint = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        # To be written (1), kept in all caches (3), data (1).
        builder.call(hint, [builder.bitcast(pointer, byte), number(1), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(array, index), generate


prefetch: Any = intrinsic(_prefetch)
