# SPDX-License-Identifier: BSD-2-Clause
"""A small reader of pcap and pcapng: link type, and time and length on the wire of each packet. Written from
the formats' descriptions, and apart from the program's own reader, which is tested against this one."""
import struct

ETHERNET, PPP = 1, 9
NS = 10**9
LONGEST_FRAME = 262144  # a longer captured length is damage, not a frame
LONGEST_BLOCK = 16 << 20
HEAD = 128  # bytes of each frame that are kept
PCAP_MAGIC = {0xA1B2C3D4: 1000, 0xA1B23C4D: 1}  # magic -> nanoseconds in a unit of the fraction
SECTION, INTERFACE, OLD_PACKET, SIMPLE_PACKET, PACKET = 0x0A0D0D0A, 1, 2, 3, 6


class Damaged(Exception):
    """The file ends early or cannot be right from here on; what came before counts."""


class Capture:
    """link: link type of the first interface, None where this reader does not know the format;
    packets: (time in ns, length on the wire) in the order of the file, heads: the first captured bytes of each;
    damaged: why reading ended early."""

    def __init__(self, path):
        self.data = path.read_bytes()
        self.link, self.packets, self.heads, self.damaged = None, [], [], ""
        self.interfaces, self.order = [], "<"
        try:
            self._read()
        except Damaged as error:
            self.damaged = str(error)
        del self.data

    def _read(self):
        if self.data[:4] == struct.pack("<I", SECTION):
            self._read_pcapng()
            return
        for order in "<>":
            if len(self.data) >= 24 and self._at(order + "I", 0)[0] in PCAP_MAGIC:
                self.order = order
                self._read_pcap()

    def _at(self, form, offset):
        if offset + struct.calcsize(form) > len(self.data):
            raise Damaged(f"cut off at byte {len(self.data)}")
        return struct.unpack_from(form, self.data, offset)

    def _read_pcap(self):
        magic, major, _, _, _, _, link = self._at(self.order + "IHHIIII", 0)
        self.link = link & 0x03FFFFFF if major == 2 else None
        unit, offset = PCAP_MAGIC[magic], 24
        while offset < len(self.data):
            seconds, fraction, captured, wire = self._at(self.order + "IIII", offset)
            offset += 16 + captured
            if captured > LONGEST_FRAME:
                raise Damaged(f"a frame of {captured} bytes")
            if offset > len(self.data):
                raise Damaged("cut off in a frame")
            self._add(seconds * NS + fraction * unit, wire, offset - captured, captured)

    def _add(self, t, wire, offset, captured):
        self.packets.append((t, wire))
        self.heads.append(self.data[offset:offset + min(captured, HEAD)])

    def _read_pcapng(self):
        offset = 0
        while offset < len(self.data):
            if self._at("<I", offset)[0] == SECTION:
                self.order = "<" if self._at("<I", offset + 8)[0] == 0x1A2B3C4D else ">"
                self.interfaces = []
            kind, length = self._at(self.order + "II", offset)
            if length < 12 or length % 4 or length > LONGEST_BLOCK:
                raise Damaged(f"a block of {length} bytes")
            if self._at(self.order + "I", offset + length - 4)[0] != length:
                raise Damaged("a block with two lengths")
            self._read_block(kind, offset + 8, offset + length - 4)
            offset += length

    def _read_block(self, kind, begin, end):
        if kind == INTERFACE:
            self._read_interface(begin, end)
        elif kind in (PACKET, OLD_PACKET):
            form = "IIIII" if kind == PACKET else "HHIIII"
            values = self._at(self.order + form, begin)
            high, low, captured, wire = values[-4:]
            if values[0] >= len(self.interfaces) or begin + 20 + captured > end:
                raise Damaged("a packet that cannot be right")
            units, offset_s = self.interfaces[values[0]]
            self._add((high << 32 | low) * NS // units + offset_s * NS, wire, begin + 20, captured)
        elif kind == SIMPLE_PACKET:
            if not self.interfaces:
                raise Damaged("a packet of no interface")
            wire = self._at(self.order + "I", begin)[0]
            self._add(0, wire, begin + 4, min(wire, end - begin - 4))

    def _read_interface(self, begin, end):
        link = self._at(self.order + "H", begin)[0]
        if self.link is None:
            self.link = link
        elif link != self.link:
            raise Damaged("interfaces of two link types")
        units, offset_s, option = 10**6, 0, begin + 8
        while option + 4 <= end:
            code, length = self._at(self.order + "HH", option)
            if code == 0:
                break
            if code == 9:  # if_tsresol: a power of ten, or of two when the highest bit is set
                value = self._at("B", option + 4)[0]
                units = 2 ** (value & 127) if value & 128 else 10**value
            if code == 14:  # if_tsoffset
                offset_s = self._at(self.order + "q", option + 4)[0]
            option += 4 + (length + 3) // 4 * 4
        self.interfaces.append((units, offset_s))
