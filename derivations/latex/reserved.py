"""The names with a standard meaning: ELBO, V(D, G), D*, C(G), and the divergences where their arguments are left out.

Unless a document has defined such a name itself, equations for it are checked against this meaning.  Main definition:
`Reserved`, a part of :class:`derivations.latex.meaning.Meaning`.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.language.laws import density
from derivations.language.terms import Function, Term, Variable, log, power, term, walk
from derivations.latex.arguments import variable_key
from derivations.latex.binding import bound_by
from derivations.latex.decorations import is_plain
from derivations.latex.definitions import is_normal
from derivations.latex.expressions import Node, split
from derivations.latex.grammar import Row, spell
from derivations.latex.law_names import LAW_LETTERS, of_points
from derivations.latex.names import PARAMETERS, Name, exact_name, is_parameter, name_of, written
from derivations.latex.suprema import Suprema
from derivations.latex.tokens import Unread

DATA = ("data", "real", "r", "d")
GENERATOR = ("g", "gen", "fake", "model", "f", "theta", "G")


class Reserved(Suprema):
    """Standard meanings."""

    RESERVED_NAMES = frozenset(("KL", "JSD", "TV", "W1", "ELBO", "H", "I", "CE"))

    # The evidence lower bound -----------------------------------------------------------------------------------

    def lower_bound(self, law: Name | None = None) -> Term:
        """E_q[log p(x, z) - log q(z | x)]."""
        encoder, model, latent, observed = self.vocabulary.observed_and_latent(self.shown)
        if law is not None and self.vocabulary.is_law(law):
            encoder = self.vocabulary.stem(law)
        if not latent:
            raise Unread("the ELBO, of a document that shows no latent variable")
        patterns = self.vocabulary.laws[encoder].patterns if encoder in self.vocabulary.laws else {}
        stems = (encoder, model)
        known = [p for stem in stems for p in self.shown.get(stem, ())]
        known = known or [
            p for stem in stems if stem in self.vocabulary.laws for p in self.vocabulary.laws[stem].patterns
        ]
        drawn = {s for p in known for s in p[0]}
        others = {s for p in known for s in (*p[0], *p[1])} - {*latent, *observed}
        others |= {*observed} - drawn if drawn & {*observed} else set()  # a condition c of q(z | x, c)
        several = len({p[0] for p in patterns if p[1]}) > 1 and not any(p[1] for p in self.shown.get(encoder, ()))
        if several or others:  # z_2 beside z_1, a condition c
            self.unexplained["the variables of the ELBO"] = None
        here = self.shown.get(encoder, ())
        given = observed if any(p[0] == latent and p[1] for p in here or patterns) or not patterns else ()
        q = density(
            self.law(Name(encoder)),
            [(written(s), self.current(s)) for s in self.finest(latent)],
            [(written(s), self.current(s)) for s in self.finest(given)],
        )
        joint = [(written(s), self.current(s)) for s in self.finest((*latent, *observed))]
        p = density(self.law(Name(model)), joint, [])
        return Term("E", bound_by(q), q, log(p) - log(q))

    def objective_bound(self, name: Name, law: Name | None) -> Term:
        """``ELBO``, or ``L_ELBO``, which as a loss may be its negative."""
        if self.moments is not None:  # an instance of a step over time shows no encoder
            self.unexplained["ELBO"] = None
        value = self.lower_bound(law)
        if name.style != "objective":
            return value
        if any(stem.partition("_")[2] in DATA for stem in self.vocabulary.laws):
            self.unexplained["L_ELBO, which may be a mean over the data"] = None
        ways = ("L_ELBO is the evidence lower bound", "L_ELBO is a loss, the negative of the bound")
        return -value if self.reading.choose("L_ELBO", ways) else value

    # Adversarial networks ---------------------------------------------------------------------------------------

    def is_optimal_discriminator(self, name: Name) -> bool:
        return name.base == "D" and name.above == "*" and name.below in ("", "G")

    def is_optimal_value(self, name: Name) -> bool:
        return name.base == "V" and name.above == "*" and not name.below

    def adversaries(self) -> tuple[Name, Name]:
        """The laws of the data and of the generator."""
        found: list[Name | None] = [None, None]
        for stem in sorted(self.vocabulary.laws):
            _, _, below = stem.partition("_")
            for n, labels in enumerate((DATA, GENERATOR)):
                if below in [label.lower() for label in labels]:
                    if found[n] is not None:
                        self.unexplained["which laws the game is about"] = None
                    found[n] = found[n] or Name(stem)
        data, generator = found
        if data is None and generator is None and len(self.vocabulary.laws) > 1:  # of p and q, say
            self.unexplained["which laws the game is about"] = None
        if (data is None) != (generator is None):  # p_data and p_theta, say
            known = data or generator
            rivals = self._rivals(known) if known is not None else []
            if len(rivals) > 1:
                self.unexplained["which laws the game is about"] = None
            elif rivals:
                role = "data" if data is None else "generator"
                self.notes[f"{rivals[0]} is the law of the {role}"] = None
                data, generator = data or Name(rivals[0]), generator or Name(rivals[0])
        if generator is None:
            generator = Name("p_g")
            if data is not None and data.base == "p_g":
                raise Unread("the law of the generator")
        return data or Name("p_data"), generator

    def _rivals(self, known: Name) -> list[str]:
        """The other laws of a document that are densities of what a law of a game is a density of, and of no more."""
        laws = self.vocabulary.laws
        points = {p[0] for p in laws[known.base].patterns if not p[1]} if known.base in laws else set()
        others = {stem: use for stem, use in laws.items() if stem != known.base and stem[0] in LAW_LETTERS}
        return [stem for stem, use in others.items() if any((p, ()) in use.patterns for p in points)]

    def data_point(self) -> Variable:
        data, _ = self.adversaries()
        use = self.vocabulary.laws.get(data.base)
        slots = sorted({s for p in use.patterns for s in p[0]}) if use else []
        slot = slots[0] if len(slots) == 1 else "x"
        for v in reversed(self.bound):
            if v.slot == written(slot):
                return v
        return self.slot_variable(slot, slot)

    def densities_at(self, x: Term) -> tuple[Term, Term]:
        slot = self.data_point().slot
        data, generator = self.adversaries()
        return density(self.law(data), [(slot, x)], []), density(self.law(generator), [(slot, x)], [])

    def optimal_discriminator(self, x: Term) -> Term:
        """p_data / (p_data + p_g)."""
        a, b = self.densities_at(x)
        return a / (a + b)

    def game_value(self, optimal: bool, discriminator: str = "D") -> Term:
        """V(D, G) = E_data[log D(x)] + E_g[log(1 - D(x))]."""
        x = self.data_point()
        a, b = self.densities_at(x)
        d = self.optimal_discriminator(x) if optimal else Function(discriminator, "unit")(x)
        return Term("E", (x,), a, log(d)) + Term("E", (x,), b, log(1 - d))

    def is_pushforward(self, name: Name, row: Row) -> bool:
        """``D(G(z))``: a function of a generated point."""
        return self.noise_in(row, "Gg" if self.is_discriminator(name) else "G") is not None

    def noise_in(self, row: Row, generators: str = "G") -> Name | None:
        """The z of an argument ``G(z)``, or None; a discriminator's argument may be ``g(z)`` as well."""
        if len(row) != 2 or row[1].kind != "bracketed" or not row[1].plain or len(row[1].args[0]) != 1:
            return None
        inner = exact_name(row[0])
        if inner is None or inner.base not in generators or inner.key in self.definitions or not is_plain(inner):
            return None
        return exact_name(row[1].args[0][0])

    def noise_of(self, call: Node) -> Name | None:
        return self.noise_in(call.args[1], "Gg" if self.is_discriminator(call.args[0]) else "G")

    def pushed(self, name: Name, row: Row) -> Term:
        if self.generated is None:
            raise Unread(f"{name.key} of a generated point outside an expectation over the noise")
        if self.is_optimal_discriminator(name):
            return self.optimal_discriminator(self.generated)
        kind = self.range_of_discriminator() if self.is_discriminator(name) else "real"
        if kind == "real" and name.base not in ("f", "h"):
            self.unexplained[name.key] = None
        return Function(name.shown, kind)(self.generated)

    def _expectation(self, node: Node) -> Term:
        """An expectation over noise z of a function of G(z) is one over the generator's law."""
        below, body = node.args[1], node.args[2]
        if self.generated is None and node.args[0] == "E" and self.noises(body):
            densities = self.binders(below, body)
            if len(densities) != 1:
                raise Unread("an expectation over noise and more")
            return self.average_of_generated(densities[0], body)
        return super()._expectation(node)

    def _integral(self, node: Node) -> Term:
        """An integral of p(z) times a function of G(z) is one over the generator's law."""
        body = node.args[3]
        if self.generated is None and body.head == "product" and self.noises(body):
            laws = [n for n in body.args if n.head == "call" and self.vocabulary.is_law(n.args[0])]
            if len(laws) != 1 or self.noises(laws[0]):
                raise Unread("an integral over noise and more")
            rest = tuple(n for n in body.args if n is not laws[0])
            return self.average_of_generated(self.term(laws[0]), rest[0] if len(rest) == 1 else Node("product", rest))
        return super()._integral(node)

    def average_of_generated(self, noise: Term, body: Node) -> Term:
        """The mean of a function of G(z) under the law of the noise z, which may occur nowhere else in it."""
        bound = bound_by(noise)
        names = {written(n) for n in self.noises(body)}
        law = noise.args[0].name if noise.head == "den" and not noise.args[2] else ""
        is_noise = (
            noise.head == "normal" or law in ("p", "p_z", "p_noise", "p_" + bound[0].slot) or law.startswith("law_of")
        )
        if len(bound) != 1 or {bound[0].name} != names or not is_noise:
            raise Unread("a generated point under a law that is not that of its noise")
        _, generator = self.adversaries()
        x = self.data_point()
        value = self.over_generated(body, x)
        if any(t is bound[0] for t in walk(value)):
            raise Unread("an expectation of the noise beside what is generated from it")
        self.notes[f"{generator.base} is the law of G({bound[0].name}), {bound[0].name} ~ {noise!r}"] = None
        return Term("E", (x,), density(self.law(generator), [(x.slot, x)], []), value)

    def _extremum(self, node: Node) -> Term:
        """An extremum over the generator is one over its law."""
        kind, below, body = node.args
        head = {"max": "sup", "sup": "sup", "min": "inf", "inf": "inf"}.get(kind)
        if head is not None and spell(below) == "G":
            return Term(head, self.law(self.adversaries()[1]), self.term(body))
        return super()._extremum(node)

    def over_generated(self, body: Node, x: Variable) -> Term:
        self.generated = x
        try:
            return self.under((x,), body)
        finally:
            self.generated = None

    def noises(self, node: object) -> set[str]:
        """The noise variables whose generated points a function in an expression takes."""
        if isinstance(node, Node):
            found: set[str] = set()
            if node.head == "call" and (name := self.noise_of(node)) is not None:
                found.add(variable_key(name))
            return found.union(*(self.noises(part) for part in node.args))
        return set().union(*(self.noises(part) for part in node)) if isinstance(node, tuple) else set()

    # By name ----------------------------------------------------------------------------------------------------

    def reserved_name(self, name: Name) -> Term:
        """A reserved name without arguments."""
        if name.base == "ELBO":
            if name.accents or name.primes or name.above or not (name.below == "" or is_parameter(name.below_row)):
                raise Unread(f"{name.key}, which need not be the bound")
            return self.objective_bound(name, None)
        if self.is_optimal_discriminator(name):
            return self.optimal_discriminator(self.data_point())
        if self.is_optimal_value(name):
            return self.game_value(True)
        if name.base in ("KL", "JSD") and not name.above:
            return self.understood_divergence(name.base)
        if name.base == "I" and not name.above and not name.below:  # the identity matrix
            self.in_one_dimension()
            return term(1)
        raise Unread(f"{name.base} without its arguments")

    def reserved_call(self, name: Name, row: Row) -> Term | None:
        """A reserved name with arguments, or None for another name."""
        divergence = name.base in ("KL", "JSD", "TV", "W1", "CE", "chi2", "Hellinger2", "chi")
        marked = bool(name.primes or name.above)
        if (divergence and (marked or name.accents or name.below)) or (name.base in ("H", "I") and marked):
            raise Unread(f"{name.key}, which is no {name.base}")
        if name.accents:
            return None
        if name.base in ("KL", "JSD", "TV", "W1"):
            return self.divergence(name.base, row)
        if marked and name.base in ("D", "W", "h") and not self.is_optimal_discriminator(name):
            return None
        if name.base == "W" and not name.below and len(split(row, "COMMA", "DBAR")) == 2 and not of_points(row):
            return self.divergence("W1", row)
        if len(split(row, "DBAR")) == 2 and name.base == "D" and not name.below and not name.above:
            return self.divergence("KL", row)
        if name.base == "D" and name.below == "f" and len(split(row, "DBAR")) == 2:
            return self.generated_divergence(row)
        if name.base in ("H", "I", "h") and _of_parameters(row):
            return None  # H(theta, theta_t) is no entropy
        distance = name.base == "H" and self.vocabulary.squared_distances and not name.below
        if (
            distance
            and len(split(row, "COMMA")) == 2
            and all(self.laws_in(self.parse(r)) for _, r in split(row, "COMMA"))
        ):
            return power(self.divergence("Hellinger2", row), Fraction(1, 2))
        if name.base in ("H", "h") and (name.base == "H" or self.has_variables(row) or is_normal(row)):
            return self.entropy(name, row)
        if name.base in ("CE", "chi2", "Hellinger2"):
            return self.divergence(name.base, row)
        if name.base in ("chi", "H", "Hellinger") and len(split(row, "DBAR")) == 2 and not name.above:
            return power(self.divergence("chi2" if name.base == "chi" else "Hellinger2", row), Fraction(1, 2))
        if name.base == "I" and name.style != "bold" and len(split(row, "SEMI", "COMMA", "COLON")) > 1:
            return self.information(name, row)
        if name.base == "ELBO":
            names = [n for p in row if p.kind not in ("COMMA", "SEMI") for n in [name_of(p)]]
            laws = [n for n in names if n is not None and self.vocabulary.is_law(n)]
            *_, observed = self.vocabulary.observed_and_latent(self.shown)
            own = {*observed, *("theta", "phi", "psi", "x")}
            odd = any(n is None or (n not in laws and variable_key(n) not in own) for n in names)
            if odd or name.above or not (name.below == "" or is_parameter(name.below_row)):
                raise Unread(f"{name.key} with arguments, which need not be the bound")
            return self.objective_bound(name, laws[0] if laws else None)
        if self.is_optimal_discriminator(name):
            if len(row) == 2 and self.is_pushforward(name, row):
                return self.pushed(name, row)
            return self.optimal_discriminator(self.term(self.parse(row)))
        if name.base in ("V", "C") and not (name.below or name.primes or name.above):
            return self.game(name, row)
        return None

    def generated_divergence(self, row: Row) -> Term:
        """The f-divergence E_q[f(p / q)]."""
        pieces = split(row, "DBAR")
        a, b = self.pair(self.parse(pieces[0][1]), self.parse(pieces[1][1]))
        if set(bound_by(a)) != set(bound_by(b)):
            raise Unread("an f-divergence of laws over different variables")
        definition = self.definitions.get("f")
        point = name_of(definition.parameters[0]) if definition and definition.row and definition.parameters else None
        if definition is not None and definition.row is not None and point is not None:
            outer = dict(self.values)
            self.used.add("f")
            self.values[variable_key(point)] = a / b
            try:
                return Term("E", bound_by(b), b, self.term(self.parse(definition.row)))
            finally:
                self.values = outer
        self.unexplained["f"] = None  # a convex function that the text may have named
        return Term("E", bound_by(b), b, Function("f", "real")(a / b))

    def has_variables(self, row: Row) -> bool:
        names = [name_of(p) for p in row if p.kind in ("NAME", "accent")]
        return bool(names) and all(n is not None and n.base.isupper() for n in names)

    def game(self, name: Name, row: Row) -> Term | None:
        """V(D, G), V(D*, G), C(G)."""
        names = [exact_name(r[0]) if len(r) == 1 else None for _, r in split(row, "COMMA")]
        plain = [n for n in names if n is not None and (is_plain(n) or self.is_optimal_discriminator(n))]
        if name.base == "C" and [n.base for n in plain] == ["G"]:
            return self.game_value(True)
        players = sorted(n.base for n in plain)
        if name.base == "V" and players == ["D", "G"] and len(names) == 2:
            if self.vocabulary.payoffs > 1:
                self.unexplained["V(D, G) and V(G, D), which may be what each player gains"] = None
            return self.game_value(any(n and self.is_optimal_discriminator(n) for n in names))
        return None

    # Divergences without arguments, and the usual Gaussian reading ------------------------------------------------

    def understood_divergence(self, kind: str) -> Term:
        """``D_KL = ...``: of the laws of the other side, the one averaged under first."""
        if self.gaussian is not None:
            return self.gaussian_divergence(None, None)
        if self.opposite is None:
            raise Unread(f"{kind} without its arguments")
        nodes = self.laws_and_normals(self.opposite)
        different: dict[str, Node] = {}
        for node in nodes:
            different.setdefault(self.law_spelling(node), node)
        laws = list(different.values())
        if len(laws) != 2:
            raise Unread(f"{kind} without its arguments")
        ways = (f"{kind} takes the laws in the order of writing", f"{kind} takes the laws in the other order")
        if self.reading.choose(f"bare {kind}", ways):
            laws.reverse()
        self.notes[f"{kind} is that of {self.law_spelling(laws[0])} and {self.law_spelling(laws[1])}"] = None
        a, b = self.pair(*laws)
        return self.compared(kind, a, b)

    def law_spelling(self, node: Node) -> str:
        name: Name = node.args[0]
        return self.vocabulary.stem(name) if node.head == "name" else f"{name.key}({spell(node.args[1])})"

    def laws_and_normals(self, node: object) -> list[Node]:
        """The laws and normal densities of an expression, subscripts of expectations included, in order."""
        if isinstance(node, Node):
            if node.head in ("call", "name"):
                name = node.args[0]
                if self.vocabulary.is_law(name) or (node.head == "call" and self.is_normal(name, node.args[1])):
                    return [node]
                return []
            if node.head == "expectation":
                below = []
                for _, piece in split(node.args[1], "COMMA"):
                    right = split(piece, "SIM")[-1][1]
                    below += self.laws_and_normals(self.parse(right)) if right else []
                return below + self.laws_and_normals(node.args[2])
            return [law for part in node.args for law in self.laws_and_normals(part)]
        if isinstance(node, tuple):
            return [law for part in node for law in self.laws_and_normals(part)]
        return []


def _of_parameters(row: Row) -> bool:
    """Whether arguments are parameters alone, of which there is no entropy."""
    names = [name_of(p) for p in row if p.kind not in ("COMMA", "SEMI", "BAR")]
    return bool(names) and all(n is not None and n.base in PARAMETERS for n in names)
