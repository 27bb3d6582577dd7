// Names of the MITRE ATT&CK techniques that rawspoof tells of (Enterprise matrix 15).

const NAMES = {
  T1018: "Remote System Discovery",
  T1046: "Network Service Discovery",
  T1110: "Brute Force",
  T1190: "Exploit Public-Facing Application",
  T1210: "Exploitation of Remote Services",
  "T1592.002": "Gather Victim Host Information: Software",
  "T1592.004": "Gather Victim Host Information: Client Configurations",
  "T1595.001": "Active Scanning: Scanning IP Blocks",
  "T1595.002": "Active Scanning: Vulnerability Scanning",
  "T1595.003": "Active Scanning: Wordlist Scanning",
};

/** What MITRE calls it, empty for one that is not listed here. */
export const techniqueName = (id) => (Object.hasOwn(NAMES, id) ? NAMES[id] : "");
