// SPDX-License-Identifier: BSD-2-Clause
#include "names/services.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "base/text.hpp"
#include "support.hpp"

using names::service_name;
using test::tcp;
using test::udp;

namespace {

constexpr std::uint8_t dccp = 33, sctp = 132, udp_lite = 136;

/// "domain 53/tcp alias # comment", of several protocols "53/tcp/udp": each that the table has too is compared.
struct Comparison {
  explicit Comparison(const char* path) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) add(line.substr(0, line.find('#')));
  }

  void add(const std::string& line) {
    const std::map<std::string_view, std::uint8_t> protocols = {
        {"tcp", tcp}, {"udp", udp}, {"sctp", sctp}, {"dccp", dccp}};
    std::istringstream words(line);
    std::string place;
    std::vector<std::string> names(1);
    if (!(words >> names[0] >> place)) return;
    for (std::string alias; words >> alias;) names.push_back(alias);
    const std::vector<std::string_view> parts = base::split(place, '/');
    const auto port = base::parse_whole(parts[0], 65'535);
    for (std::size_t i = 1; port && i < parts.size(); ++i) {
      const auto protocol = protocols.find(parts[i]);
      if (protocol != protocols.end()) add(static_cast<std::uint16_t>(*port), protocol->second, names);
    }
  }

  void add(std::uint16_t port, std::uint8_t protocol, const std::vector<std::string>& names) {
    const std::string_view name = service_name(port, protocol);
    if (name.empty()) return;
    ++compared;
    if (std::find(names.begin(), names.end(), name) != names.end()) return;
    ++differing;
    MESSAGE(port, "/", int{protocol}, " is ", name, " here and ", names[0], " there");
  }

  int compared = 0, differing = 0;
};

}  // namespace

TEST_CASE("services are named as IANA has them") {
  CHECK(service_name(22, tcp) == "ssh");
  CHECK(service_name(25, tcp) == "smtp");
  CHECK(service_name(53, udp) == "domain");
  CHECK(service_name(53, tcp) == "domain");
  CHECK(service_name(80, tcp) == "http");
  CHECK(service_name(123, udp) == "ntp");
  CHECK(service_name(443, tcp) == "https");
  CHECK(service_name(443, udp) == "https");
  CHECK(service_name(1883, tcp) == "mqtt");
  CHECK(service_name(5353, udp) == "mdns");
  SUBCASE("the first and the last port of the table too") {
    CHECK(service_name(7, tcp) == "echo");
    CHECK(service_name(47808, udp) == "bacnet");
  }
  SUBCASE("one port may be another service of another protocol") {
    CHECK(service_name(514, tcp) == "shell");
    CHECK(service_name(514, udp) == "syslog");
    CHECK(service_name(512, tcp) == "exec");
    CHECK(service_name(512, udp) == "comsat");
    CHECK(service_name(38412, sctp) == "ng-control");
    CHECK(service_name(38412, tcp).empty());
    CHECK(service_name(6514, dccp) == "syslog-tls");
  }
  SUBCASE("UDP-Lite has the ports of UDP") {
    CHECK(service_name(514, udp_lite) == "syslog");
    CHECK(service_name(143, udp_lite).empty());
  }
  SUBCASE("others have no name") {
    CHECK(service_name(0, tcp).empty());
    CHECK(service_name(54, tcp).empty());
    CHECK(service_name(65'535, udp).empty());
    CHECK(service_name(8000, tcp).empty());
    CHECK(service_name(53, test::icmp).empty());
    CHECK(service_name(80, 0).empty());
  }
}

TEST_CASE("the lists of this machine agree, where there are any") {
  // Wireshark's is IANA's, with the first of several names of a port; Debian's has some names of its own.
  for (const char* path : {"/usr/share/wireshark/services", "/etc/services"}) {
    const Comparison comparison(path);
    CAPTURE(path);
    CAPTURE(comparison.compared);
    CHECK(comparison.differing * 20 <= comparison.compared);
  }
}
