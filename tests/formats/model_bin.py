"""What stands in CTranslate2's binary format, without its numbers."""


def variables(path):
    """Variable name to type and number of dimensions, read from CTranslate2's binary format; aliases have neither."""
    data = path.read_bytes()
    kinds = ("float32", "int8", "int16", "int32", "float16", "bfloat16")
    at, found = 0, {}

    def take(width):
        nonlocal at
        at += width
        return int.from_bytes(data[at - width : at], "little")

    def text():
        nonlocal at
        size = take(2)
        at += size
        return data[at - size : at - 1].decode()

    take(4)
    text()
    take(4)
    for _ in range(take(4)):
        name, rank = text(), take(1)
        for _ in range(rank):
            take(4)
        found[name] = kinds[take(1)], rank
        size = take(4)
        at += size
    for _ in range(take(4)):
        alias, _original = text(), text()
        found[alias] = ("alias", 0)
    assert at == len(data)
    return found
