# SPDX-License-Identifier: BSD-2-Clause
# make, make demo, make check: README.md says what each does. Products go to build/.

PREFIX  ?= /usr/local
DESTDIR ?=
CXX     ?= g++
CXXFLAGS ?= -O2 -g
BUILD   ?= build
CORPUS  ?=
export CORPUS

WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast \
  -Wcast-align -Wformat=2 -Wnull-dereference -Wundef -Wvla
override CXXFLAGS += -std=c++20 $(WARNINGS) $(WERROR) $(SANITIZE) -Isrc -MMD -MP
override LDFLAGS += -Wl,--as-needed $(SANITIZE)
LDLIBS = -lpcap -lisal -lzstd -llzma -llz4 -lbz2 -lncursesw -ltinfo -lcares -lmnl

# A file in src/tools/ that is named after a manual page is a program; all others are the library.
PROGRAM_NAMES = $(basename $(notdir $(wildcard man/*.1)))
PROGRAMS = $(PROGRAM_NAMES:%=$(BUILD)/%)
MAINS = $(PROGRAM_NAMES:%=src/tools/%.cpp)
LIBRARY = $(patsubst %.cpp,$(BUILD)/%.o,$(filter-out $(MAINS),$(wildcard src/*/*.cpp)))
UNIT_TESTS = $(patsubst %.cpp,$(BUILD)/%.o,$(wildcard tests/unit/*.cpp))
BENCHES = $(patsubst tests/bench/%.cpp,$(BUILD)/bench/%,$(wildcard tests/bench/*.cpp))
FUZZERS = $(patsubst tests/fuzz/%.cpp,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/*_fuzz.cpp))
SOURCES = $(wildcard src/*/*.[ch]pp tests/*/*.[ch]pp)

BUILD_PACKAGES = g++ libpcap-dev libcli11-dev libisal-dev libzstd-dev liblzma-dev liblz4-dev libbz2-dev \
  libncurses-dev libc-ares-dev libmnl-dev
CHECK_PACKAGES = $(BUILD_PACKAGES) doctest-dev zlib1g-dev zstd lz4 wireshark-common python3 tcpdump tcpreplay iproute2 procps \
  mandoc gnuplot-nox locales jq tmux
ASAN_PACKAGES = $(CHECK_PACKAGES)
FUZZ_PACKAGES = $(BUILD_PACKAGES) clang libclang-rt-14-dev
TIDY_PACKAGES = $(BUILD_PACKAGES) doctest-dev zlib1g-dev clang-tidy
FORMAT_PACKAGES = clang-format
BENCH_PACKAGES = $(BUILD_PACKAGES) python3 tcpdump tcpreplay iproute2 gzip zstd lz4 xz-utils bzip2 tshark tcptrace tcptrack

QUIET_MAKE = $(MAKE) --no-print-directory -s -j$(shell nproc)

all: $(PROGRAMS)

$(BUILD)/lib.a: $(LIBRARY)
	@rm -f $@
	$(AR) rcs $@ $^

$(PROGRAMS): $(BUILD)/%: $(BUILD)/src/tools/%.o $(BUILD)/lib.a
	$(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/unit: $(UNIT_TESTS) $(BUILD)/lib.a
	$(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lz

$(BUILD)/readers: $(BUILD)/tests/corpus/readers.o $(BUILD)/lib.a
	$(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BENCHES): $(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(BUILD)/lib.a
	@mkdir -p $(@D)
	$(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS)

FUZZ_MAIN = $(BUILD)/tests/fuzz/replay.o
$(FUZZERS): $(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(FUZZ_MAIN) $(BUILD)/lib.a
	@mkdir -p $(@D)
	$(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.cpp
	@mkdir -p $(@D)
	$(CXX) $(CPPFLAGS) $(CXXFLAGS) -c -o $@ $<

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# Installs the Debian packages of $(1) that are missing; silent where none is.
define require
	@missing=$$(for p in $(1); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	test -z "$$missing" || tests/packages $$missing
endef

deps:
	$(call require,$(BUILD_PACKAGES))

demo: deps
	@test -x $(BUILD)/tcpstat || echo "Building tcpstat: about a minute."
	@$(QUIET_MAKE) all
	@TCPSTAT=$(BUILD)/tcpstat examples/demo.sh examples/sample.pcap

check:
	$(call require,$(CHECK_PACKAGES))
	@$(QUIET_MAKE) WERROR=-Werror all $(BUILD)/unit $(BUILD)/readers fuzzers
	@tests/check $(BUILD)

fuzzers: $(FUZZERS)

# The same tests with AddressSanitizer, UndefinedBehaviorSanitizer and leak detection.
asan:
	$(call require,$(ASAN_PACKAGES))
	@$(QUIET_MAKE) BUILD=build/asan WERROR=-Werror CXXFLAGS="-O1 -g -fno-omit-frame-pointer" \
	  SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=all" all build/asan/unit build/asan/readers fuzzers
	@tests/check build/asan

bench:
	$(call require,$(BENCH_PACKAGES))
	@$(QUIET_MAKE) all $(BENCHES)
	@tests/corpus/fetch-oracle >/dev/null || true
	@tests/bench/bench.py

# Looks for new findings, FUZZ_SECONDS for each target; their corpora are replayed by make check.
FUZZ_SECONDS ?= 60
fuzz:
	$(call require,$(FUZZ_PACKAGES))
	@$(QUIET_MAKE) BUILD=build/clang CXX=clang++ FUZZ_MAIN= CXXFLAGS="-O1 -g" \
	  SANITIZE="-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all" LDFLAGS=-fsanitize=fuzzer fuzzers
	@tests/fuzz/run build/clang/fuzz $(FUZZ_SECONDS)

tidy:
	$(call require,$(TIDY_PACKAGES))
	clang-tidy --quiet $(wildcard src/*/*.cpp) -- -std=c++20 -Isrc

format:
	$(call require,$(FORMAT_PACKAGES))
	clang-format -i $(SOURCES)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m 644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1

uninstall:
	rm -f $(PROGRAM_NAMES:%=$(DESTDIR)$(PREFIX)/bin/%) $(PROGRAM_NAMES:%=$(DESTDIR)$(PREFIX)/share/man/man1/%.1)

clean:
	rm -rf $(BUILD)

.PHONY: all deps demo check fuzzers asan bench fuzz tidy format install uninstall clean
.DELETE_ON_ERROR:
