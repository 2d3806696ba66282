// SPDX-License-Identifier: BSD-2-Clause
// Values that are no numbers. Numbers are value_test's.
#include "report/json.hpp"
#include "report/value.hpp"
#include "support.hpp"

using report::Value;

namespace {

constexpr packet::Address ipv4{0, 0xc0000201, false}, ipv6{0x20010db800000000, 1, true};

std::string spelt(const Value& value, std::string_view spec) {
  std::string text;
  append_number(text, value, report::parse_text_spec(spec));
  return text;
}

std::string plain(const Value& value) {
  std::string text;
  append_plain(text, value, 2);
  return text;
}

std::string json(const Value& value) {
  std::string text;
  append_json(text, value);
  return text;
}

bool rejects(std::string_view spec, std::string_view why) {
  return test::is_usage_error([&] { (void)report::parse_text_spec(spec); }, why);
}

}  // namespace

TEST_CASE("words as a person reads them") {
  CHECK(plain(Value::of_text("fin")) == "fin");
  CHECK(plain(Value::of_text("")) == "");
  CHECK(plain(Value::of_flag(true)) == "yes");
  CHECK(plain(Value::of_flag(false)) == "no");
  CHECK(plain(Value::nothing()) == "-");
  CHECK(plain(Value::of_address(ipv4)) == "192.0.2.1");
  CHECK(plain(Value::of_address(ipv6)) == "2001:db8::1");
  CHECK(plain(Value::of_endpoint(ipv4, 80)) == "192.0.2.1:80");
  CHECK(plain(Value::of_endpoint(ipv6, 0)) == "[2001:db8::1]:0");
  CHECK(plain(Value::of_text("a\tb\xff")) == "a\\x09b\\xff");
}

TEST_CASE("words as machines read them") {
  CHECK(json(Value::of_text("fin")) == "\"fin\"");
  CHECK(json(Value::of_flag(true)) == "true");
  CHECK(json(Value::of_flag(false)) == "false");
  CHECK(json(Value::nothing()) == "null");
  CHECK(json(Value::of_endpoint(ipv6, 443)) == "\"[2001:db8::1]:443\"");
  CHECK(json(Value::of_count(7)) == "7");
  CHECK(json(Value::of_text("\\\"\\")) == "\"\\\\\\\"\\\\\"");
  SUBCASE("nothing that stands before it is escaped") {
    std::string text = "\"key\":";
    append_json(text, Value::of_text("a\"b"));
    CHECK(text == "\"key\":\"a\\\"b\"");
  }
}

TEST_CASE("words are no number") {
  for (const Value& value :
       {Value::nothing(), Value::of_flag(true), Value::of_text("5"), Value::of_address(ipv4)})
    CHECK(value.number() == 0.0);
}

TEST_CASE("words are filled up on the right, unless told otherwise") {
  CHECK(spelt(Value::of_text("fin"), "6") == "fin   ");
  CHECK(spelt(Value::of_text("fin"), ">6") == "   fin");
  CHECK(spelt(Value::of_text("fin"), "^7") == "  fin  ");
  CHECK(spelt(Value::of_text("fin"), "*<5") == "fin**");
  CHECK(spelt(Value::of_text("evicted"), "3") == "evicted");  // never cut
  CHECK(spelt(Value::of_flag(true), "4") == "yes ");
  CHECK(spelt(Value::of_address(ipv4), "11") == "192.0.2.1  ");
  CHECK(spelt(Value::of_endpoint(ipv4, 80), ">14") == "  192.0.2.1:80");
  CHECK(spelt(Value::nothing(), "3") == "-  ");
  CHECK(spelt(Value::of_text("\xe2\x94\x80\xe2\x94\x80"), "4") == "\xe2\x94\x80\xe2\x94\x80  ");
  CHECK(spelt(Value::of_text("\xe6\x97\xa5"), "4") == "\xe6\x97\xa5  ");  // two columns wide
}

TEST_CASE("nothing stands where a number would") {
  std::string text;
  append_number(text, Value::nothing(), report::parse_number_spec("6.3k"));
  CHECK(text == "     -");
}

TEST_CASE("words have neither a precision nor a unit") {
  CHECK(rejects(".3", "'.3': words have neither a precision nor a unit"));
  CHECK(rejects(">8k", "words have neither a precision nor a unit"));
  CHECK(rejects("i", "words have neither a precision nor a unit"));
  CHECK(rejects("", "a spec is missing behind the colon"));
  CHECK(rejects("=8", "no alignment ="));
  CHECK(rejects("1001", "a width is at most 1000"));
}
