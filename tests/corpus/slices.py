# SPDX-License-Identifier: BSD-2-Clause
"""Cuts a capture in two between two packets, so that each part is a capture of its own."""
from capture import INTERFACE, SECTION, Capture


class Sliced(Capture):
    """starts: where the record or block of each packet begins; preambles: what has to stand in front of it in a
    file that begins there: the file header, or the section header and the interfaces so far. Both are empty where
    this reader does not know the format: pcap of other versions than 2.4, patched pcap, snoop."""

    def __init__(self, path):
        self.starts, self.preambles, self.preamble, self.block = [], [], b"", None
        super().__init__(path)
        self.data = path.read_bytes()

    def _read_pcap(self):
        if self._at(self.order + "HH", 4) == (2, 4):
            self.preamble = self.data[:24]
            super()._read_pcap()

    def _read_block(self, kind, begin, end):
        self.block = begin - 8
        if kind == SECTION:
            self.preamble = b""
        if kind in (SECTION, INTERFACE):
            self.preamble += self.data[begin - 8:end + 4]
            self.link = None  # interfaces may differ here
        super()._read_block(kind, begin, end)

    def _add(self, t, wire, offset, captured):
        super()._add(t, wire, offset, captured)
        self.starts.append(offset - 16 if self.block is None else self.block)
        self.preambles.append(self.preamble)

    def cut(self, number):
        """The capture before packet `number` and from it on, as bytes."""
        at = self.starts[number]
        return self.data[:at], self.preambles[number] + self.data[at:]
