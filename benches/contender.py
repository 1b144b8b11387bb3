# Schoolgate as a contender of ../shared/bench: named by SCHOOLGATE_CONTENDER, run inside lib/contenders.py.
#
# The whole product is on, as a school runs it: a known person behind the generator's address, rules, category lists,
# every request recorded, office and console running.

_SCHOOLGATE = os.environ.get("SCHOOLGATE_BIN") or os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(os.environ["SCHOOLGATE_CONTENDER"]))), "target/release/schoolgate")

# Codes of ours for the made-up categories of the bench, in turn; all of them are refused by the profile below.
_CATEGORIES = ("gambling games dating drugs weapons violence hate pornography nudity crime hacking malware phishing bypass "
               "piracy social-media chat forums webmail shopping").split()

# What the lists do not hold is open: the cost of deciding is measured, not of refusing.
_RULES = """profile "Bench"
    mode block by category
    uncategorised allow
    block {blocked}
    safe search on
    youtube strict
    times always
use profile "Bench" for everyone
use profile "Bench" for unknown
{tunnel}
"""


# Sections that bring no lists of their own are measured with five million names listed all the same, where the tree
# has been made (`lists.sh` makes it): the peers have none then.
_LISTED = f"{TMP}/lists/5000000"


def _lists(c):
    if c.lists or not os.path.exists(f"{_LISTED}/done"):
        return c.lists or []
    return [(name, f"{_LISTED}/{name}/domains") for name in sorted(os.listdir(_LISTED)) if name != "done"]


def _agree(c, conf):
    """Nothing opens before the agreement, so the known person accepts it at the gate, as anybody does."""
    import html.parser, urllib.parse, urllib.request
    page = "http://gate.bench.internal/agree"
    through = urllib.request.build_opener(urllib.request.ProxyHandler({"http": f"http://127.0.0.1:{c.port}"}))
    gate = subprocess.Popen([_SCHOOLGATE, "serve", "--config", conf], stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                text = through.open(page, timeout=5).read().decode()
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise RuntimeError("the gate does not open")
        fields = {"answer": "accept"}
        form = html.parser.HTMLParser()
        form.handle_starttag = lambda tag, attrs: tag == "input" and fields.update(
            {dict(attrs)["name"]: dict(attrs).get("value", "")})
        form.feed(text)
        through.open(page, urllib.parse.urlencode(fields).encode(), timeout=5).read()
    finally:
        gate.terminate()
        gate.wait()


@proxy
def schoolgate(c):
    if c.scan:
        raise Unsupported("does not scan pages")
    if not os.access(_SCHOOLGATE, os.X_OK):
        raise Unsupported("not built; cargo build --release -p schoolgate")
    listed = _lists(c)
    head = f"""
data = "{c.path('data')}"
[school]
name = "Bench School"
[console]
listen = ["127.0.0.1:{c.port + 2}"]
[log]
level = "warn"
"""
    lists = "".join(
        f'[[lists.sources]]\nname = "{name}"\nkind = "domains"\nlocation = "{path}"\n'
        f'category = "{_CATEGORIES[i % len(_CATEGORIES)]}"\nlicence = "made up"\n'
        for i, (name, path) in enumerate(listed))
    gate = f"""
[gate]
name = "gate.bench.internal"
listen = ["127.0.0.1:{c.port}"]
reach = ["127.0.0.0/8"]
extra_roots = ["{PKI}/ca.pem"]
[gate.authority]
certificate = "{PKI}/mitm-ec.pem"
key = "{PKI}/mitm-ec.key"
"""
    device = '[[gate.devices]]\naddress = "127.0.0.1"\nname = "Generator"\nperson = "bench"\n'
    # The device names a person, so the person comes first.
    first = c.write("first.toml", head + gate)
    conf = c.write("schoolgate.toml", head + gate + device + lists)
    rules = c.write("bench.policy", _RULES.format(
        blocked=", ".join(_CATEGORIES), tunnel="" if c.mitm else "tunnel everything"))

    def run(*arguments):
        subprocess.run([_SCHOOLGATE, *arguments], check=True, stdout=subprocess.DEVNULL)

    run("people", "--config", first, "add", "bench", "--name", "Bench Person", "--role", "parent")
    run("rules", "--config", first, "import", rules)
    bound = c.write("bound.toml", head + gate + device)
    _agree(c, bound)
    if listed:
        # From text to compiled: what a list costs when it changes, not at every start.
        t0 = time.monotonic()
        run("lists", "--config", conf, "compile")
        c.prep_s += time.monotonic() - t0
    return dict(cmd=[_SCHOOLGATE, "serve", "--config", conf], ca=f"{PKI}/mitm-ec.pem")
