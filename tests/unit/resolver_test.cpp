// SPDX-License-Identifier: BSD-2-Clause
#include "names/resolver.hpp"

#include <poll.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "dns_server.hpp"
#include "support.hpp"

using base::ns_per_ms;
using base::ns_per_s;
using names::Resolver;
using packet::Address;
using test::DnsServer;
using test::Octets;

namespace {

struct Scene {
  explicit Scene(Resolver::Options wanted = {}) : options(std::move(wanted)), resolver(adapted(), clock) {}

  const Resolver::Options& adapted() {
    if (options.servers.empty()) options.servers = server.address;
    return options;
  }

  /// Whatever happens until no query is under way; at most 3 s.
  void settle() {
    const base::SystemClock real;
    const base::Nanoseconds end = real.monotonic() + 3 * ns_per_s;
    while (resolver.queries() > 0 && real.monotonic() < end) {
      std::array<pollfd, 2> ready{{{resolver.descriptor(), POLLIN, 0}, {server.descriptor(), POLLIN, 0}}};
      REQUIRE(resolver.deadline());
      const base::Nanoseconds wait = *resolver.deadline() - clock.monotonic();
      const int count = ::poll(ready.data(), ready.size(), static_cast<int>(wait / ns_per_ms));
      if (count == 0) resolver.handle_deadline(), ++deadlines;
      if (ready[1].revents != 0) server.serve();
      if (ready[0].revents != 0) resolver.handle_ready();
    }
    REQUIRE(resolver.queries() == 0);
  }

  /// What is known once the question, if there is one, has been answered.
  std::string look(const Address& address) {
    (void)resolver.find(address);
    settle();
    return std::string(resolver.find(address));
  }

  test::FakeClock clock;
  DnsServer server;
  Resolver::Options options;
  Resolver resolver;
  unsigned deadlines = 0;  ///< how often one had come
};

constexpr Address ipv4(std::uint32_t number) { return {0, number, false}; }

Resolver::Options impatient() {
  Resolver::Options options;
  options.timeout = 20 * ns_per_ms;
  return options;
}

constexpr Address host = ipv4(0xc0000201);
const std::string host_question = "1.2.0.192.in-addr.arpa";

}  // namespace

TEST_CASE("a name comes in the background: empty first, then there, and the screen is told once") {
  Scene scene;
  scene.server.knows(host_question, {{"www", "example", "com"}});
  CHECK_FALSE(scene.resolver.deadline());
  CHECK(scene.resolver.find(host).empty());
  CHECK(scene.resolver.find(host).empty());
  CHECK(scene.resolver.queries() == 1);
  CHECK_FALSE(scene.resolver.take_news());
  scene.settle();
  CHECK(scene.resolver.take_news());
  CHECK_FALSE(scene.resolver.take_news());
  CHECK(scene.resolver.find(host) == "www.example.com");
  CHECK_FALSE(scene.resolver.deadline());
  CHECK(scene.server.questions == std::vector<std::string>{host_question});
}

TEST_CASE("an IPv6 address is asked for by its nibbles, RFC 3596") {
  Scene scene;
  const std::string question = "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
  scene.server.knows(question, {{"six", "example", "com"}});
  CHECK(scene.look({0x20010db800000000, 0x00000000056789ab, true}) == "six.example.com");
  CHECK(scene.server.questions == std::vector<std::string>{question});
}

TEST_CASE("a classless delegation is followed, RFC 2317") {
  Scene scene;
  const Octets alias = test::dns_name({"1", "0/25", "2", "0", "192", "in-addr", "arpa"});
  const Octets target = test::dns_name({"leased", "example", "com"});
  const auto size = [](const Octets& octets) {
    return test::be16(static_cast<std::uint16_t>(octets.size()));
  };
  scene.server.answers[host_question] = {DnsServer::no_error, 2,
                                         test::hex("c00c 0005 0001 00000e10") + size(alias) + alias + alias +
                                             test::hex("000c 0001 00000e10") + size(target) + target};
  CHECK(scene.look(host) == "leased.example.com");
}

TEST_CASE("what is no host name stays unknown, and is not asked for at every look") {
  Scene scene;
  std::vector<std::string> labels;
  SUBCASE("an escape sequence") { labels = {"\x1b[31mred", "example", "com"}; }
  SUBCASE("a new line") { labels = {"a\nb", "example"}; }
  SUBCASE("an octet that is neither ASCII nor UTF-8") {
    labels = {
        "\x9b"
        "31m",
        "example"};
  }
  SUBCASE("an end of text") { labels = {std::string("a\0b", 3), "example"}; }
  SUBCASE("an address") { labels = {"10", "0", "0", "1"}; }
  SUBCASE("the root") { labels = {}; }
  scene.server.knows(host_question, {labels});
  CHECK(scene.look(host).empty());
  CHECK_FALSE(scene.resolver.take_news());
  scene.clock.advance(Resolver::no_name_kept - 1);
  (void)scene.look(host);
  CHECK(scene.server.questions.size() == 1);
}

TEST_CASE("a name as it is shown") {
  CHECK(names::shown_name("www.example.com") == "www.example.com");
  CHECK(names::shown_name("_dmarc-1.example.xn--p1ai") == "_dmarc-1.example.xn--p1ai");
  CHECK(names::shown_name("printer1") == "printer1");
  CHECK(names::shown_name("\x1b]0;x\x07.example") == "\\x1b]0;x\\x07.example");
  CHECK(names::shown_name("8.8.8.8").empty());
  CHECK(names::shown_name("").empty());
  CHECK(names::shown_name(std::string(300, 'a')) == std::string(253, 'a'));
}

TEST_CASE("that there is no name is kept for a minute, a name for ten, and the former stands meanwhile") {
  Scene scene;
  scene.server.answers[host_question].code = DnsServer::no_such_name;
  SUBCASE("no such name") {}
  SUBCASE("no such record") { scene.server.answers[host_question].code = DnsServer::no_error; }
  CHECK(scene.look(host).empty());
  scene.clock.advance(Resolver::no_name_kept - 1);
  CHECK(scene.look(host).empty());
  CHECK(scene.server.questions.size() == 1);
  scene.server.knows(host_question, {{"new", "example"}});
  scene.clock.advance(1);
  CHECK(scene.look(host) == "new.example");
  CHECK(scene.resolver.take_news());
  scene.server.knows(host_question, {{"newer", "example"}});
  scene.clock.advance(Resolver::name_kept - 1);
  CHECK(scene.look(host) == "new.example");
  CHECK(scene.server.questions.size() == 2);
  scene.clock.advance(1);
  CHECK(scene.resolver.find(host) == "new.example");
  CHECK_FALSE(scene.resolver.take_news());
  CHECK(scene.look(host) == "newer.example");
  CHECK(scene.resolver.take_news());
  scene.server.answers[host_question] = {DnsServer::no_such_name, 0, {}};
  scene.clock.advance(Resolver::name_kept);
  CHECK(scene.look(host).empty());
  CHECK(scene.resolver.take_news());
}

TEST_CASE("a failure is asked again after ten seconds, and a name that was known stands") {
  Scene scene(impatient());
  unsigned deadlines = 0;
  SUBCASE("silence, with a deadline for each try") { deadlines = 2; }
  SUBCASE("a server failure") { scene.server.answers[host_question].code = DnsServer::server_failure; }
  SUBCASE("DnsServer::refused") { scene.server.answers[host_question].code = DnsServer::refused; }
  CHECK(scene.look(host).empty());
  CHECK(scene.server.questions.size() == 2);  // as many as tries
  CHECK(scene.deadlines == deadlines);
  CHECK_FALSE(scene.resolver.take_news());
  scene.clock.advance(Resolver::failure_kept - 1);
  scene.server.questions.clear();
  CHECK(scene.look(host).empty());
  CHECK(scene.server.questions.empty());
  const auto trouble = scene.server.answers;
  scene.server.knows(host_question, {{"back", "example"}});
  scene.clock.advance(1);
  CHECK(scene.look(host) == "back.example");
  scene.server.answers = trouble;
  scene.clock.advance(Resolver::name_kept);
  scene.server.questions.clear();
  CHECK(scene.look(host) == "back.example");
  CHECK_FALSE(scene.server.questions.empty());
}

TEST_CASE("where no server listens, find() neither waits nor asks for ever") {
  Resolver::Options options = impatient();
  options.servers = DnsServer().address;  // it is gone when the query is sent
  Scene scene(options);
  const base::SystemClock real;
  const base::Nanoseconds begin = real.monotonic();
  CHECK(scene.resolver.find(host).empty());
  CHECK(real.monotonic() - begin < 5000 * ns_per_ms);
  scene.settle();
  CHECK(scene.resolver.find(host).empty());
  CHECK(scene.resolver.queries() == 0);
}

TEST_CASE("a thousand addresses: never more queries than agreed, and all are answered in the end") {
  Scene scene;
  for (unsigned i = 0; i < 1000; ++i) {
    const std::string question =
        std::to_string(i & 255) + "." + std::to_string(i >> 8) + ".51.198.in-addr.arpa";
    scene.server.knows(question, {{"h" + std::to_string(i), "example"}});
  }
  std::size_t known = 0, looks = 0;
  for (; known < 1000 && looks < 20; ++looks) {
    known = 0;
    for (unsigned i = 0; i < 1000; ++i) {
      const std::string_view name = scene.resolver.find(ipv4(0xc6330000 + i));
      REQUIRE(scene.resolver.queries() <= 64);
      if (name.empty()) continue;
      REQUIRE(name == "h" + std::to_string(i) + ".example");
      ++known;
    }
    scene.settle();
  }
  CHECK(known == 1000);
  CHECK(looks == 17);  // 64 at each look, and one to see the last ones
  CHECK(scene.server.questions.size() == 1000);
  CHECK(scene.resolver.forgotten() == 0);
  scene.clock.advance(Resolver::name_kept);
  for (unsigned i = 0; i < 1000; ++i) CHECK_FALSE(scene.resolver.find(ipv4(0xc6330000 + i)).empty());
  CHECK(scene.resolver.queries() == 64);
}

TEST_CASE("what is not asked takes no room") {
  Resolver::Options options;
  options.names_most = 100;
  Scene scene(options);
  for (unsigned i = 0; i < 1000; ++i) CHECK(scene.resolver.find(ipv4(0xc6330000 + i)).empty());
  CHECK(scene.resolver.queries() == 64);
  CHECK(scene.resolver.forgotten() == 0);
}

TEST_CASE("of more names than there is room for, the one not asked for longest goes first") {
  Resolver::Options options;
  options.names_most = 3;
  Scene scene(options);
  scene.server.others = {DnsServer::no_such_name, 0, {}};
  const auto asked = [&](std::uint32_t last) {
    scene.server.questions.clear();
    (void)scene.look(ipv4(0xc0000200 + last));
    return !scene.server.questions.empty();
  };
  for (const std::uint32_t last : {1U, 2U, 3U}) CHECK(asked(last));
  CHECK_FALSE(asked(1));
  CHECK(asked(4));
  CHECK(scene.resolver.forgotten() == 1);
  CHECK_FALSE(asked(1));
  CHECK_FALSE(asked(3));
  CHECK(asked(2));
  CHECK(scene.resolver.forgotten() == 2);
}

TEST_CASE("a name that is being asked for keeps its place") {
  Resolver::Options options;
  options.names_most = 2;
  Scene scene(options);
  for (const std::uint32_t last : {1U, 2U, 3U}) CHECK(scene.resolver.find(ipv4(0xc0000200 + last)).empty());
  CHECK(scene.resolver.queries() == 2);
  CHECK(scene.resolver.forgotten() == 0);
  scene.server.others = {DnsServer::no_such_name, 0, {}};
  scene.settle();
  CHECK(scene.server.questions == std::vector<std::string>{host_question, "2.2.0.192.in-addr.arpa"});
}

TEST_CASE("addresses that mean nothing beyond a link, groups and no address are never asked for") {
  Scene scene;
  for (const std::uint32_t number : {0U, 0x00000001U, 0xa9fe0001U, 0xe0000001U, 0xefffffffU, 0xffffffffU}) {
    CHECK(scene.resolver.find(ipv4(number)).empty());
  }
  for (const std::uint64_t high : {0xfe80000000000000U, 0xfebf000000000000U, 0xff02000000000000U}) {
    CHECK(scene.resolver.find({high, 1, true}).empty());
  }
  CHECK(scene.resolver.find({0, 0, true}).empty());
  CHECK(scene.resolver.queries() == 0);
  // Those beside them are.
  for (const std::uint32_t number : {0x01000000U, 0xa9fd0001U, 0xa9ff0001U, 0xdfffffffU}) {
    (void)scene.resolver.find(ipv4(number));
  }
  for (const std::uint64_t high : {0xfe7f000000000000U, 0xfec0000000000000U, 0xfd00000000000000U}) {
    (void)scene.resolver.find({high, 1, true});
  }
  CHECK(scene.resolver.queries() == 7);
}

TEST_CASE("/etc/hosts comes first, without a question, where it is not too large") {
  std::ifstream hosts("/etc/hosts");
  std::string expected;
  std::error_code failed;
  if (std::filesystem::file_size("/etc/hosts", failed) > Resolver::hosts_bytes_most) hosts.close();
  for (std::string line; expected.empty() && std::getline(hosts, line);) {
    std::istringstream words(line);
    std::string address, name;
    if (words >> address >> name && address == "127.0.0.1") expected = name;
  }
  Scene scene(impatient());
  CHECK(scene.resolver.find(ipv4(0x7f000001)) == expected);
  CHECK(scene.resolver.queries() == (expected.empty() ? 1 : 0));
}

TEST_CASE("a resolver goes while queries are under way") {
  DnsServer server;
  const test::FakeClock clock;
  Resolver::Options options;
  options.servers = server.address;
  for (const bool is_answered : {false, true}) {
    Resolver resolver(options, clock);
    for (std::uint32_t i = 0; i < 10; ++i) CHECK(resolver.find(ipv4(0xc0000200 + i)).empty());
    CHECK(resolver.queries() == 10);
    server.others = {DnsServer::no_such_name, 0, {}};
    if (is_answered) server.serve();  // the answers lie in the socket
  }
}

TEST_CASE("an answer that does not fit is used as far as it goes, without TCP") {
  Scene scene(impatient());
  scene.server.knows(host_question, {{"one", "example"}});
  scene.server.answers[host_question].is_cut = true;
  CHECK(scene.look(host) == "one.example");
  CHECK(scene.server.questions.size() == 1);
}

TEST_CASE("a server that does not know EDNS is asked again without it") {
  Scene scene(impatient());
  scene.server.knows_edns = false;
  scene.server.knows(host_question, {{"old", "example"}});
  CHECK(scene.look(host) == "old.example");
  CHECK(scene.server.questions.size() == 2);
}

TEST_CASE("a damaged answer is no name") {
  Scene scene(impatient());
  scene.server.knows(host_question, {{"one", "example"}, {"two", "example"}});
  auto& records = scene.server.answers[host_question].records;
  records.resize(records.size() - 5);
  CHECK(scene.look(host).empty());
  CHECK_FALSE(scene.resolver.take_news());
}

TEST_CASE("servers that are none are an error") {
  const test::FakeClock clock;
  Resolver::Options options;
  options.servers = "nowhere";
  CHECK(test::says(test::error_of([&] { Resolver resolver(options, clock); }).what(), "c-ares cannot start"));
}
