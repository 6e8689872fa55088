"""What a service does with Debian's python3-consul, unmodified. Prints a line for each step."""
import sys
import threading

import consul

port, token = int(sys.argv[1]), sys.argv[2]
server = consul.Consul(host="127.0.0.1", port=port, token=token)

print("registered", server.agent.service.register(
    "printer", service_id="p1", address="127.0.0.1", port=9100, tags=["colour"], check=consul.Check.ttl("10s")))
index, nodes = server.health.service("printer", passing=True)
print("passing at first", len(nodes))

# A blocking query, answered by the pass.
found = []


def wait():
    found.append(server.health.service("printer", passing=True, index=index, wait="60s"))


waiting = threading.Thread(target=wait)
waiting.start()
print("passed", server.agent.check.ttl_pass("service:p1", "all well"))
waiting.join(60)
later, nodes = found[0]
print("index went on", int(later) > int(index))
service = nodes[0]["Service"]
print("found", service["ID"], service["Address"], service["Port"], service["Tags"],
      [(c["CheckID"], c["Status"], c["Output"]) for c in nodes[0]["Checks"]])

print("catalog", server.catalog.services()[1]["printer"])
print("instances", [n["ServiceID"] for n in server.catalog.service("printer")[1]])
print("agent", "p1" in server.agent.services(), "service:p1" in server.agent.checks())
print("own services", sorted(server.agent.services()))
print("maintenance", server.agent.service.maintenance("p1", "true", "paper"))
print("passing in maintenance", len(server.health.service("printer", passing=True)[1]))
print("back", server.agent.service.maintenance("p1", "false"))
print("failed", server.agent.check.ttl_fail("service:p1"))
print("passing after failure", len(server.health.service("printer", passing=True)[1]))
print("unknown check", server.agent.check.ttl_pass("service:other"))
try:
    consul.Consul(host="127.0.0.1", port=port).agent.service.register("scanner", port=9101)
except consul.base.ACLPermissionDenied:
    print("without a token denied")
print("deregistered", server.agent.service.deregister("p1"))
print("left", "p1" in server.agent.services())
