"""Encodings of text, loaded when the sandbox starts: inside it nothing can be opened any more."""

from __future__ import annotations

import codecs

# Old zip names and old Office, then what people's devices and mail programs write.
NAMES = (
    *("cp437", "cp850", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "ascii"),
    *("utf-7", "utf-32", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1256", "mac-roman"),
    *("iso8859-1", "iso8859-2", "iso8859-5", "iso8859-7", "iso8859-9", "iso8859-15", "koi8-r"),
    *("gb2312", "gbk", "gb18030", "big5", "shift_jis", "iso2022_jp", "euc_kr", "idna", "punycode"),
    *("raw_unicode_escape", "unicode_escape", "quopri", "base64", "uu"),
)
LOADED = frozenset(codecs.lookup(name).name for name in NAMES)
