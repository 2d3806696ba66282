// SPDX-License-Identifier: BSD-2-Clause
#include "names/protocols.hpp"

#include <algorithm>
#include <array>

namespace names {

namespace {

struct Protocol {
  std::uint16_t number;
  std::string_view name;
};

/// By number. What IANA calls IPv4 and IPv6 is a packet in a packet, named here as its MPLS-in-IP is.
constexpr auto protocols = std::to_array<Protocol>({
    {0, "HOPOPT"},      {1, "ICMP"},        {2, "IGMP"},         {3, "GGP"},        {4, "IPv4-in-IP"},
    {6, "TCP"},         {8, "EGP"},         {9, "IGP"},          {17, "UDP"},       {27, "RDP"},
    {33, "DCCP"},       {41, "IPv6-in-IP"}, {43, "IPv6-Route"},  {44, "IPv6-Frag"}, {46, "RSVP"},
    {47, "GRE"},        {50, "ESP"},        {51, "AH"},          {55, "Min-IPv4"},  {58, "ICMPv6"},
    {59, "IPv6-NoNxt"}, {60, "IPv6-Opts"},  {88, "EIGRP"},       {89, "OSPF"},      {94, "IPIP"},
    {97, "ETHERIP"},    {98, "ENCAP"},      {103, "PIM"},        {108, "IPComp"},   {112, "VRRP"},
    {113, "PGM"},       {115, "L2TP"},      {124, "IS-IS"},      {132, "SCTP"},     {133, "FC"},
    {135, "Mobility"},  {136, "UDP-Lite"},  {137, "MPLS-in-IP"}, {138, "manet"},    {139, "HIP"},
    {140, "Shim6"},     {141, "WESP"},      {142, "ROHC"},       {143, "Ethernet"}, {144, "AGGFRAG"},
    {145, "NSH"},
});
static_assert(std::ranges::is_sorted(protocols, {}, &Protocol::number));

}  // namespace

std::string_view protocol_name(std::uint16_t protocol) {
  const auto* const found = std::ranges::lower_bound(protocols, protocol, {}, &Protocol::number);
  return found != protocols.end() && found->number == protocol ? found->name : std::string_view();
}

}  // namespace names
