# Schoolgate as a contender of ../shared/bench: named by SCHOOLGATE_CONTENDER, run inside lib/contenders.py.
#
# The whole product is on, as a school runs it: a known person behind the generator's address, an agreement signed,
# profiles and rules, category lists, every request recorded, office and console running.

_SCHOOLGATE = os.environ.get("SCHOOLGATE_BIN") or os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(os.environ["SCHOOLGATE_CONTENDER"]))), "target/release/schoolgate")

# Everything is open to the person of the bench but what the lists hold: what is measured is the cost of deciding,
# not the cost of refusing.
_SCHOOLGATE_RULES = """
profile "Bench" {extra}
"""


@proxy
def schoolgate(c):
    if c.scan:
        raise Unsupported("does not scan pages")
    if not os.access(_SCHOOLGATE, os.X_OK):
        raise Unsupported("not built; cargo build --release -p schoolgate")
    authority = ""
    if c.mitm:
        authority = f'[gate.authority]\ncertificate = "{PKI}/mitm-ec.pem"\nkey = "{PKI}/mitm-ec.key"\n'
    sources = "".join(
        f'[[lists.sources]]\nname = "{category}"\nkind = "domains"\nlocation = "{path}"\ncategory = "gambling"\nlicence = "made up"\n'
        for category, path in c.lists or [])
    conf = c.write("schoolgate.toml", f"""
data = "{c.path('data')}"
[school]
name = "Bench School"
[gate]
name = "gate.bench.internal"
listen = ["127.0.0.1:{c.port}"]
reach = ["127.0.0.0/8"]
extra_roots = ["{PKI}/ca.pem"]
open_unknown = true
{authority}
[[gate.devices]]
address = "127.0.0.1"
name = "Generator"
person = "bench"
[console]
listen = ["127.0.0.1:{c.port + 2}"]
[log]
level = "warn"
{sources}
""")
    # First start, lists from text, people and rules: all of it counted as preparation.
    t0 = time.monotonic()
    env = dict(os.environ)
    subprocess.run([_SCHOOLGATE, "prepare", "--config", conf, "--person", "bench", "--rules",
                    "tunnel" if not c.mitm else "inspect"], check=True, env=env, stdout=subprocess.DEVNULL)
    c.prep_s += time.monotonic() - t0
    return dict(cmd=[_SCHOOLGATE, "serve", "--config", conf], ca=f"{PKI}/mitm-ec.pem")
