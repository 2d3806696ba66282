// SPDX-License-Identifier: BSD-2-Clause
#include "names/services.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "packet/ip.hpp"

namespace names {

namespace {

// Transports, added up.
constexpr std::uint8_t tcp = 1, udp = 2, sctp = 4, dccp = 8;

struct Service {
  std::uint16_t port;
  std::uint8_t transports;
  std::string_view name;
};

/// By port. Of two names for one thing the one in use today ("l2tp", not "l2f"); ports that are mostly used
/// for something else than what they are assigned to (8000, 9200) are left out, so that no name misleads.
constexpr auto services = std::to_array<Service>({
    {7, tcp | udp, "echo"},
    {9, tcp | udp | sctp | dccp, "discard"},
    {13, tcp | udp, "daytime"},
    {17, tcp | udp, "qotd"},
    {19, tcp | udp, "chargen"},
    {20, tcp | udp | sctp, "ftp-data"},
    {21, tcp | udp | sctp, "ftp"},
    {22, tcp | udp | sctp, "ssh"},
    {23, tcp | udp, "telnet"},
    {25, tcp | udp, "smtp"},
    {42, tcp | udp, "nameserver"},
    {43, tcp | udp, "nicname"},
    {49, tcp | udp, "tacacs"},
    {53, tcp | udp, "domain"},
    {67, tcp | udp, "bootps"},
    {68, tcp | udp, "bootpc"},
    {69, tcp | udp, "tftp"},
    {80, tcp | udp | sctp, "http"},
    {88, tcp | udp, "kerberos"},
    {102, tcp | udp, "iso-tsap"},
    {104, tcp | udp, "acr-nema"},
    {110, tcp | udp, "pop3"},
    {111, tcp | udp, "sunrpc"},
    {113, tcp, "ident"},
    {119, tcp | udp, "nntp"},
    {123, tcp | udp, "ntp"},
    {135, tcp | udp, "epmap"},
    {137, tcp | udp, "netbios-ns"},
    {138, tcp | udp, "netbios-dgm"},
    {139, tcp | udp, "netbios-ssn"},
    {143, tcp, "imap"},
    {161, tcp | udp, "snmp"},
    {162, tcp | udp, "snmptrap"},
    {177, tcp | udp, "xdmcp"},
    {179, tcp | udp | sctp, "bgp"},
    {319, tcp | udp, "ptp-event"},
    {320, tcp | udp, "ptp-general"},
    {389, tcp | udp, "ldap"},
    {427, tcp | udp, "svrloc"},
    {443, tcp | udp | sctp, "https"},
    {445, tcp | udp, "microsoft-ds"},
    {464, tcp | udp, "kpasswd"},
    {465, tcp, "submissions"},
    {500, tcp | udp, "isakmp"},
    {502, tcp | udp, "mbap"},
    {512, tcp, "exec"},
    {512, udp, "comsat"},
    {513, tcp, "login"},
    {513, udp, "who"},
    {514, tcp, "shell"},
    {514, udp, "syslog"},
    {515, tcp | udp, "printer"},
    {520, udp, "router"},
    {521, tcp | udp, "ripng"},
    {546, tcp | udp, "dhcpv6-client"},
    {547, tcp | udp, "dhcpv6-server"},
    {548, tcp | udp, "afpovertcp"},
    {554, tcp | udp, "rtsp"},
    {587, tcp | udp, "submission"},
    {593, tcp | udp, "http-rpc-epmap"},
    {623, tcp, "oob-ws-http"},
    {623, udp, "asf-rmcp"},
    {631, tcp | udp, "ipp"},
    {636, tcp | udp, "ldaps"},
    {639, tcp | udp, "msdp"},
    {646, tcp | udp, "ldp"},
    {749, tcp | udp, "kerberos-adm"},
    {830, tcp | udp, "netconf-ssh"},
    {853, tcp | udp, "domain-s"},
    {862, tcp, "twamp-control"},
    {862, udp, "twamp-test"},
    {873, tcp | udp, "rsync"},
    {953, tcp, "rndc"},
    {990, tcp | udp, "ftps"},
    {992, tcp | udp, "telnets"},
    {993, tcp, "imaps"},
    {995, tcp | udp, "pop3s"},
    {1080, tcp | udp, "socks"},
    {1099, tcp | udp, "rmiregistry"},
    {1194, tcp | udp, "openvpn"},
    {1414, tcp | udp, "ibm-mqseries"},
    {1433, tcp | udp, "ms-sql-s"},
    {1434, tcp | udp, "ms-sql-m"},
    {1494, tcp | udp, "ica"},
    {1701, tcp | udp, "l2tp"},
    {1720, tcp | udp | sctp, "h323hostcall"},
    {1723, tcp | udp, "pptp"},
    {1812, tcp | udp, "radius"},
    {1813, tcp | udp, "radius-acct"},
    {1883, tcp | udp, "mqtt"},
    {1900, tcp | udp, "ssdp"},
    {1935, tcp | udp, "macromedia-fcs"},
    {1985, tcp | udp, "hsrp"},
    {2000, tcp | udp, "cisco-sccp"},
    {2049, tcp | udp | sctp, "nfs"},
    {2123, tcp | udp, "gtp-control"},
    {2152, tcp | udp, "gtp-user"},
    {2222, tcp | udp, "EtherNet-IP-1"},
    {2379, tcp, "etcd-client"},
    {2404, tcp | udp, "iec-104"},
    {2427, tcp | udp, "mgcp-gateway"},
    {2775, tcp | udp, "smpp"},
    {2904, tcp | udp | sctp, "m2ua"},
    {2905, tcp | sctp, "m3ua"},
    {2944, tcp | udp | sctp, "megaco-h248"},
    {2947, tcp | udp, "gpsd"},
    {3074, tcp | udp, "xbox"},
    {3205, tcp | udp, "isns"},
    {3260, tcp | udp, "iscsi-target"},
    {3268, tcp | udp, "msft-gc"},
    {3269, tcp | udp, "msft-gc-ssl"},
    {3306, tcp | udp, "mysql"},
    {3389, tcp | udp, "ms-wbt-server"},
    {3478, tcp | udp, "stun"},
    {3493, tcp | udp, "nut"},
    {3544, tcp | udp, "teredo"},
    {3565, tcp | sctp, "m2pa"},
    {3632, tcp | udp, "distcc"},
    {3689, tcp | udp, "daap"},
    {3690, tcp | udp, "svn"},
    {3702, tcp | udp, "ws-discovery"},
    {3784, tcp | udp, "bfd-control"},
    {3785, tcp | udp, "bfd-echo"},
    {3799, tcp | udp, "radius-dynauth"},
    {3868, tcp | sctp, "diameter"},
    {4172, tcp | udp, "pcoip"},
    {4190, tcp, "sieve"},
    {4317, tcp, "opentelemetry"},
    {4341, udp, "lisp-data"},
    {4369, tcp | udp, "epmd"},
    {4460, tcp, "ntske"},
    {4500, tcp | udp, "ipsec-nat-t"},
    {4569, tcp | udp, "iax"},
    {4739, tcp | udp | sctp, "ipfix"},
    {4740, tcp | udp | sctp, "ipfixs"},
    {4789, udp, "vxlan"},
    {4790, udp, "vxlan-gpe"},
    {4791, udp, "roce"},
    {4840, tcp, "opcua-tcp"},
    {4840, udp, "opcua-udp"},
    {4899, tcp | udp, "radmin-port"},
    {4949, tcp | udp, "munin"},
    {5004, tcp | udp | dccp, "avt-profile-1"},
    {5005, tcp | udp | dccp, "avt-profile-2"},
    {5060, tcp | udp | sctp, "sip"},
    {5061, tcp | udp | sctp, "sips"},
    {5222, tcp, "xmpp-client"},
    {5246, udp, "capwap-control"},
    {5247, udp, "capwap-data"},
    {5269, tcp, "xmpp-server"},
    {5349, tcp | udp, "stuns"},
    {5351, udp, "pcp"},
    {5353, tcp | udp, "mdns"},
    {5355, tcp | udp, "llmnr"},
    {5357, tcp | udp, "wsdapi"},
    {5432, tcp | udp, "postgresql"},
    {5540, tcp | udp, "matter"},
    {5666, tcp, "nrpe"},
    {5671, tcp | udp, "amqps"},
    {5672, tcp | udp | sctp, "amqp"},
    {5683, tcp | udp, "coap"},
    {5684, tcp | udp, "coaps"},
    {5900, tcp | udp, "rfb"},
    {5984, tcp | udp, "couchdb"},
    {5985, tcp | udp, "wsman"},
    {5986, tcp | udp, "wsmans"},
    {6000, tcp | udp, "x11"},
    {6081, udp, "geneve"},
    {6343, tcp | udp, "sflow"},
    {6379, tcp, "redis"},
    {6514, tcp | udp | dccp, "syslog-tls"},
    {6640, tcp, "ovsdb"},
    {6653, tcp | udp, "openflow"},
    {6696, udp, "babel"},
    {6697, tcp, "ircs-u"},
    {7000, tcp | udp, "afs3-fileserver"},
    {7001, tcp | udp, "afs3-callback"},
    {7400, tcp | udp, "rtps-discovery"},
    {7547, tcp | udp, "cwmp"},
    {7784, udp, "s-bfd"},
    {8008, tcp | udp, "http-alt"},
    {8080, tcp | udp, "http-alt"},
    {8140, tcp, "puppet"},
    {8443, tcp | udp, "pcsync-https"},
    {8805, udp, "pfcp"},
    {8883, tcp | udp, "secure-mqtt"},
    {9100, tcp | udp, "hp-pdl-datastr"},
    {9389, tcp, "adws"},
    {9418, tcp | udp, "git"},
    {10000, tcp | udp, "ndmp"},
    {10050, tcp | udp, "zabbix-agent"},
    {10051, tcp | udp, "zabbix-trapper"},
    {10161, tcp, "snmptls"},
    {10161, udp, "snmpdtls"},
    {10809, tcp, "nbd"},
    {11112, tcp | udp, "dicom"},
    {11211, tcp | udp, "memcache"},
    {14001, tcp | udp | sctp, "sua"},
    {20000, tcp | udp | sctp, "dnp"},
    {20048, tcp | udp, "mountd"},
    {27017, tcp, "mongodb"},
    {29118, sctp, "sgsap"},
    {33434, tcp | udp, "traceroute"},
    {34962, tcp | udp, "profinet-rt"},
    {34964, tcp | udp, "profinet-cm"},
    {36412, sctp, "s1-control"},
    {36422, sctp, "x2-control"},
    {36443, sctp, "m2ap"},
    {38412, sctp, "ng-control"},
    {38422, sctp, "xn-control"},
    {38462, sctp, "e1-interface"},
    {44818, tcp | udp, "EtherNet-IP-2"},
    {47808, tcp | udp, "bacnet"},
});
static_assert(std::is_sorted(services.begin(), services.end(), [](const Service& left, const Service& right) {
  return left.port < right.port;
}));

std::uint8_t transport_of(std::uint8_t protocol) {
  switch (protocol) {
    case packet::protocol::tcp: return tcp;
    case packet::protocol::udp:
    case packet::protocol::udp_lite: return udp;  // UDP's ports are its ports (RFC 3828, section 3.1)
    case packet::protocol::sctp: return sctp;
    case packet::protocol::dccp: return dccp;
    default: return 0;
  }
}

}  // namespace

std::string_view service_name(std::uint16_t port, std::uint8_t protocol) {
  const std::uint8_t transport = transport_of(protocol);
  const auto is_lower = [](const Service& service, std::uint16_t other) { return service.port < other; };
  auto service = std::lower_bound(services.begin(), services.end(), port, is_lower);
  for (; service != services.end() && service->port == port; ++service) {
    if ((service->transports & transport) != 0) return service->name;
  }
  return {};
}

}  // namespace names
