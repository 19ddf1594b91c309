"""What a careful reader would query is not proved: hidden parameters, events, laws told apart, scopes of logarithms."""

import pytest

from derivations.check import check

# Each is false, or says nothing, for some document that an author could mean.
NEVER_PROVED = [
    r"$$\nabla_\theta \mathcal{L} = 0$$",
    r"$$\frac{\partial J}{\partial w} = \frac{\partial J}{\partial b}$$",
    r"$$\nabla_\phi D_{KL}(q \| p) = 0$$",
    r"$$p(x) = P(X > x)$$",
    r"$$D_{KL}(p \| p_\theta) = 0$$",
    r"$$\log p(x) = \log p_\theta(x)$$",
    r"$$D_{KL}(P \| p) = 0$$",
    r"$$D_{KL}(q\|p) = \log\frac{\sigma_q}{\sigma_p} + \frac{\sigma_p^2 + (\mu_p-\mu_q)^2}{2\sigma_q^2} - \frac12$$",
    r"$$D_{KL}(p\|q) = \tfrac12\sum_j(s_{q,j}^2 + \mu_{q,j}^2 - 1 - \log s_{q,j}^2)$$",
    r"$$\log p(x) \int q(z) h(z) dz = \log\big(p(x)\int q(z) h(z) dz\big)$$",
    r"$$\log p(x|\theta) = \log p(x)$$",
    r"$$\log p(x;w) = \log p(x)$$",
    r"$$\log p_\theta(x) = \log p_\theta(x|\phi)$$",
    r"$$KL(r_\theta\|p) = KL(r\|p)$$",
    r"$$\pi_\theta(a|s) = \pi(a|s)$$",
    r"$$W_1(p(x), p(z)) = W_1(p(z), p(z))$$",
    r"$$W_1(p(x), q(x)) = W_1(p(z), q(z))$$",
    r"$$W_1(p(x|z), q(x)) = W_1(p(x), q(x))$$",
    r"$$W_1(p(x|z), q(x)) = W_1(p(x|y), q(x))$$",
    r"$$\mathbb{E}_{p(z)}[W_1(p(x|z), q(x))] = W_1(p(x), q(x))$$",
    r"$$\mathbb{E}_{p(z)}[W_1(p(x|z), q(x))] = W_1(p(x|z), q(x))$$",
    r"$$\arg\min_\theta KL(p_\theta\|q) + W_1(p_\theta, q) = \arg\min_\theta KL(p_\theta\|q)$$",
    r"$$W_1(p, q) = \inf_{\gamma \in \Pi(p, q)} \mathbb{E}_{(x, y) \sim \gamma}[\|x - 2y\|]$$",
    r"$$W_1(p, q) = \inf_{\gamma \in \Pi(p, q)} \mathbb{E}_{(x, y) \sim r}[\|x - y\|]$$",
    r"$$W_1(p, q) = \inf_{\gamma \in \Pi(p, q)} \mathbb{E}_{x \sim p, y \sim q}[\|x - y\|]$$",
]

# Each is right in a usual reading, convention or under a usual hypothesis that the line does not state.
NEVER_REFUTED = [
    r"$$H(r\|s) = H(r, s) - H(r)$$ $$r(u) \ge 0$$ $$s(u) \ge 0$$",
    r"$$-H(p) + E_p[-\log q(u)] = H_p(q) - H(p)$$",
    r"$$H(Y|Z) + H(W|Y,Z) = H(Y|Z)$$",
    r"$$H(W) + H(Y|W,Z) \le 1 + H(Y|W,Z)$$",
    r"$$\mathbb{E}_q[W] = \int q(z_k)\,\mathbb{E}_{q_{-k}}[W]\,dz_k$$",
    r"$$H(p, q) = -\sum_u \big(p(u)\log q(u) + (1 - p(u))\log(1 - q(u))\big)$$",
    r"$$p(w)\,p(k, y|w) = p(w)\,p(k)\,p(y|k, w)$$",
    r"$$p(u) = \int\int r(a, b|u)\,p(u|a, b)\frac{p(a)p(b)}{r(a, b|u)}\,da\,db$$",
    r"$$\int_q q(u)\log\frac{q(u)}{p(u)} = \mathbb{E}_{q(u)}\Big[\log\frac{q(u)}{p(u)}\Big]$$",
    r"$$V(D, G) = -V(G, D)$$",
    r"$$p_t'' < 0$$",
    r"$$q_\phi(z|x) \ne q_{\phi^*}(z|x)$$ $$q_\phi(z) = \sum_i q_\phi(z|x_i) \hat p(x_i)$$",
    r"$$q(z|x)p(x) \ge 0$$ $$\int_x\int_z q(z,x) \log\frac{q(z,x)}{q(z) p(x)} dz dx = I_q(x; z)$$",
    r"$$\frac{p(x, y=1)}{p(x)} = \frac{p(x|y=1)\pi}{p(x)}$$",
    r"$$D^*(x) = \frac{p_{data}(x)}{p_\theta(x) + p_{data}(x)}$$",
    r"$$D^*(x) = \frac{p_{data}(x)}{q(x) + p_{data}(x)}$$ $$q(x)r(x) = r(x)q(x)$$",
    r"$$C(G) = E_{p_{data}}[\log \frac{p_{data}(x)}{p_{data}(x) + p_g(x)}]"
    r" + E_{p_g}[\log \frac{p_g(x)}{p_{data}(x) + p_g(x)}]$$"
    r" $$\max_G \mathbb{E}_{p_g}[\log D^*_G(x)] \le 0$$",
    r"$$p_d(x) \ge 0$$ $$C(G) = KL(p_{data}\|\frac{p_{data} + p_g}{2}) + KL(p_g\|\frac{p_{data} + p_g}{2}) - \log 4$$",
    r"$$\frac{p(x)}{q(x)} = \frac{D^*(x)}{1 - D^*(x)}$$",
    r"$$\mathbb{E}_{q}[\log \frac{p(z)}{r(z)}] = \mathbb{E}_{q}[\log \frac{p(z)}{q(z)} \cdot \frac{q(z)}{r(z)}]$$",
    r"$$H(X) = -\sum_x p(x) \log_2 p(x)$$",
    r"$$H(Y|X) = H(Y)$$",
    r"$$W_1(p, r) \le W_1(p, q) + W_1(q, r)$$",
    r"$$D_{KL}(p\|q) = \tfrac12(\mu^2 + \sigma^2 - \log\sigma^2 - 1)$$",
    r"$$KL = \log\frac{\sigma_p}{\sigma_q} + \frac{\sigma_q^2 + (\mu_q-\mu_p)^2}{2\sigma_p^2} - \frac12$$",
    r"$$KL = \log\frac{\sigma_q}{\sigma_p} + \frac{\sigma_p^2 + (\mu_q-\mu_p)^2}{2\sigma_q^2} - \frac12$$",
    r"$$D_{KL}(\Sigma_a\|\Sigma_b) = \tfrac12(\mathrm{tr}(\Sigma_b^{-1}\Sigma_a) - n)$$",
    r"$$p_\tau(\tilde u|u) = \mathcal{N}(\tilde u;u,\tau^2 I)$$ $$p(\tilde u) = \int p_\tau(\tilde u|u)p(u)du$$",
    r"$$p(y_t|y_{t+1}) = \frac{q(y_{t+1}|y_t)p(y_t)}{p(y_{t+1})}$$",
    r"$$\log p(y|c) \ge \mathbb{E}_{q(u|y)}[\log p(y|u)] - KL(q(u|y)\|p(u|c))$$",
    r"$$q(u_{1:T}|y_{1:T}) = \prod_{t=1}^T q(u_t|u_{t-1},h_t)$$",
    r"$$r(y,u) = \rho(y) r(u|y)$$ $$r(u) = \int \rho(y) r(u|y) dy$$ with $$\mathbb{E}_{y\sim\rho}[f(y)]$$",
    r"$$KL(q_\phi(z)\|p_\theta(z)) = \int q_\theta(z)(\log q_\theta(z) - \log p_\theta(z)) dz$$",
    r"$$\mathbb{E}_{p_t(x_t)}[h(x_t)] = \int p_t(x_t) h(x_t) dx_t$$ $$\mathrm{tr}(B) = \mathbb{E}_v[v^\top B v]$$",
    r"$$\log g(y|z) = \sum_{j=1}^D \log g(y_j|z)$$ $$\log g(y_j|z) = \log(p_j^{y_j}(1-p_j)^{1-y_j})$$",
]


@pytest.mark.parametrize("display", NEVER_PROVED)
def test_a_line_that_hides_what_it_depends_on_is_not_proved(display: str) -> None:
    assert "proved" not in [step.verdict for step in check(display).steps]


@pytest.mark.parametrize("display", NEVER_REFUTED)
def test_a_line_that_is_right_in_a_usual_reading_is_not_refuted(display: str) -> None:
    assert "refuted" not in [step.verdict for step in check(display).steps]


def test_a_closed_form_is_that_of_the_laws_its_labels_name() -> None:
    form = r"\log\frac{\sigma_p}{\sigma_q} + \frac{\sigma_q^2 + (\mu_q-\mu_p)^2}{2\sigma_p^2} - \frac12"
    verdicts = [check(rf"$$D_{{KL}}({laws}) = {form}$$").steps[0].verdict for laws in (r"q\|p", r"p\|q")]
    assert verdicts == ["proved", "refuted"]


def test_a_joint_law_made_of_the_data_and_an_encoder_is_a_hypothesis_not_an_error() -> None:
    joint = r"$$q(x,z) = p_{data}(x) q(z|x)$$"
    for sign, verdict in (("+", "conditional"), ("-", "refuted")):
        split = rf"$$\mathbb{{E}}_{{p_{{data}}(x)}}[KL(q(z|x)\|p(z))] = I_q(x;z) {sign} KL(q(z)\|p(z))$$"
        assert check(joint + " so " + split).steps[-1].verdict == verdict


def test_parameters_at_other_arguments_do_not_make_another_law() -> None:
    steps = check(r"$$\log p_\theta(x, z) = \log p_\theta(x|z) + \log p(z)$$").steps
    assert [step.verdict for step in steps] == ["proved"]


def test_a_game_that_the_document_defines_in_its_own_way_is_not_refuted() -> None:
    text = r"""The value is defined as
$$V(D, G) = \mathbb{E}_{x \sim s}[\log D(x)] + \mathbb{E}_{y \sim t}[\log(1 - D(y))].$$

Written out, $$V(D, G) = \int s(x) \log D(x) dx + \int t(y) \log(1 - D(y)) dy.$$"""
    assert "refuted" not in [step.verdict for step in check(text).steps]


def test_a_wrong_value_of_the_usual_game_is_still_refuted() -> None:
    game = r"\mathbb{E}_{x \sim p_{data}}[\log D(x)] + \mathbb{E}_{x \sim p_g}[\log(1 - D(x))]"
    text = rf"$$V(D, G) = {game}$$ $$V(D, G) = \int p_{{data}}(x) \log D(x) dx - \int p_g(x) \log(1 - D(x)) dx$$"
    assert [step.verdict for step in check(text).steps] == ["proved", "refuted"]


def test_a_hypothesis_that_empties_what_the_step_names_does_not_save_it() -> None:
    step = check(r"$$I(X;Y) - I(X;Y|Z) = H(X) + H(Y) - H(X,Y) + H(X|Z) + H(Y|Z) - H(X,Y|Z)$$").steps[0]
    assert step.verdict == "refuted"


def test_the_points_of_one_line_are_not_those_of_another() -> None:
    text = r"""$$D_{TV}(P, Q) = \sup_A |P(A) - Q(A)|$$

For discrete laws $$D_{TV}(p, q) = \frac{1}{2} \sum_i |p_i - q_i|$$"""
    assert "refuted" not in [step.verdict for step in check(text).steps]


def test_the_value_of_an_example_is_not_refuted_but_an_impossible_one_is() -> None:
    assert check(r"$$I(X;Y) = 3/2$$").steps[0].verdict == "conditional"
    assert check(r"$$D_{KL}(p \| q) = -2$$").steps[0].verdict == "refuted"


def test_an_encoder_is_no_posterior_by_hypothesis() -> None:
    assert check(r"$$\log p(x) = \mathbb{E}_{q(z|x)}[\log\frac{p(x,z)}{q(z|x)}]$$").steps[0].verdict == "refuted"
    assert check(r"$$p(z|x) = \frac{q(z|x)p(z)}{p(x)}$$").steps[0].verdict == "refuted"


def test_a_product_sign_takes_the_factors_with_its_letter() -> None:
    for display in (
        r"$$ p(y_{0:T}) = \prod_{t=1}^T p(y_{t-1}|y_t) p(y_T) $$",
        r"$$ p(y_0) = \int \prod_{t=1}^T p(y_{t-1}|y_t) p(y_T) dy_{1:T} $$",
        r"$$ \log\Big(\prod_{i=1}^n a_i b\Big) = \log b + \sum_{i=1}^n \log a_i $$",
    ):
        assert "refuted" not in [s.verdict for s in check(display).steps]


def test_words_in_other_scripts_and_rows_of_dots_are_remarks() -> None:
    display = r"""$$\begin{aligned} \log p(x) &= \log\int p(x,z)dz \quad 边际化\\ &\cdots\cdots\\ &此处省略\\
    &\ge \mathbb{E}_{q(z|x)}[\log\tfrac{p(x,z)}{q(z|x)}] \quad\textcolor{blue}{\text{(by Jensen)}} \end{aligned}$$"""
    assert [s.verdict for s in check(display).steps] == ["proved", "proved"]


# What a subscript, a range or a star says is not dropped.
PARTS = [
    r"E_{x \sim p}[1_{x \in A}] = 1",
    r"E_{p}[\mathbf{1}_A] = 1",
    r"E_{p}[1_{A}(x)] = E_p[x]",
    r"\int_A p(x) dx = 1",
    r"\int_A p(x) dx = \int_B p(x) dx",
    r"\int_{x > 0} p(x) dx = 1",
    r"\int_a^\infty p(x) dx = 1",
    r"\sum_{x \in A} p(x) = 1",
    r"\sum_{x < 0} p(x) = 1",
    r"\sum_{i \in S} a_i = \sum_{i} a_i",
    r"H_b(X) = H(X)",
    r"H_\alpha(p) = H(p)",
    r"I_\alpha(X; Y) = I(X; Y)",
    r"JSD_\pi(p \| q) = JSD(p \| q)",
    r"f * g = f g",
    r"p * q = p q",
]
WHOLE = [
    r"\int_{\mathcal{X}} p(x) dx = 1",
    r"\int_{\mathbb{R}^d} p(x) dx = 1",
    r"\int_{-\infty}^\infty p(x) dx = 1",
    r"\int_{x \in \mathcal{X}} p(x) dx = 1",
    r"\int_x p(x) dx = 1",
    r"\sum_{x \in X} p(x) = 1",
    r"\sum_{x \in \{0, 1\}} p(x) = 1",
    r"a * b = b a",
]


@pytest.mark.parametrize("latex", PARTS)
def test_what_restricts_a_formula_is_not_dropped(latex: str) -> None:
    assert "proved" not in [step.verdict for step in check(f"$$ {latex} $$").steps]


@pytest.mark.parametrize("latex", WHOLE)
def test_what_names_the_whole_space_is_read(latex: str) -> None:
    assert [step.verdict for step in check(f"$$ {latex} $$").steps] == ["proved"]


def test_a_condition_that_a_prior_lacks_is_an_error() -> None:
    step = r"$$\log p(y|c) \ge \mathbb{E}_{q(u|y)}[\log p(y|u)] - KL(q(u|y)\|p(u))$$"
    assert check(step).steps[0].verdict == "refuted"


def test_a_name_that_the_next_display_defines_is_used_before_it() -> None:
    first = r"$$\log p(x) = \mathcal{L}(q) %s KL(q(z)\|p(z|x))$$"
    then = r"where $$\mathcal{L}(q) = \mathbb{E}_{q(z)}[\log p(x,z) - \log q(z)]$$"
    verdicts = [check(f"{first % sign} {then}").steps for sign in "+-"]
    assert [s.verdict for s in verdicts[0]] == ["proved", "definition"]
    assert any("defined in line" in c for c in verdicts[0][0].conditions)
    assert verdicts[1][0].verdict == "conditional"


def test_an_objective_is_named_on_the_way() -> None:
    bound = r"$$\log p(x) %s \mathcal{L}(q,\theta) = \mathbb{E}_{q(z)}[\log p(x,z) - \log q(z)]$$"
    verdicts = [[s.verdict for s in check(bound % sign).steps] for sign in (r"\ge", r"\le")]
    assert verdicts == [["proved", "definition"], ["refuted", "definition"]]


def test_the_information_of_an_outcome_is_a_name_of_the_document() -> None:
    text = r"$$I(x) = -\log p(x)$$ $$H(X) = \mathbb{E}_{x \sim p}[I(x)]$$ $$H(X) = -\mathbb{E}_{x \sim p}[I(x)]$$"
    verdicts = [step.verdict for step in check(text).steps]
    assert verdicts[:2] == ["definition", "proved"]
    assert verdicts[2] != "proved"


def test_a_weight_on_both_sides_saves_nothing_unless_some_value_does() -> None:
    bound = r"\mathbb{E}_{q(z|x)}[\log p(x|z)] - \beta KL(q(z|x)\|p(z))"
    total = r"\mathbb{E}_{q(z|x)}[\log p(x,z)] + H(q(z|x)) %s KL(q(z|x)\|p(z))"
    for weight, verdict in (
        (r"+ (1-\beta)", "proved"),
        (r"- (1-\beta)", "conditional"),  # true if beta = 1
        (r"+ (2-\beta)", "refuted"),
        (r"+ (3+\beta)", "refuted"),
    ):
        assert [s.verdict for s in check(f"$${bound} = {total % weight}$$").steps] == [verdict]
    one_side = r"$$\mathbb{E}_{q(z)}[\log p(z)] = \mathbb{E}_{q(z)}[\log q(z)] - \lambda KL(q(z)\|p(z)) - 1$$"
    assert check(one_side).steps[0].verdict == "conditional"


def test_a_sum_over_a_support_is_one_over_the_space_of_the_only_law() -> None:
    both = r"$$\sum_{x \in S_X} q(x) = 1$$ $$\sum_x p(x) = 1$$"
    assert check(r"$$H(X) = -\sum_{x \in S_X} p(x) \log p(x)$$").steps[0].verdict == "proved"
    assert check(both).steps[0].verdict != "proved"


def test_laws_that_a_divergence_compares_are_two() -> None:
    bound = r"$$\log p_\phi(y) \ge \mathbb{E}_{q(u|y)}[\log\frac{p_\phi(y,u)}{p(u|y)}]$$"
    contrast = r"$$\mathbb{E}_{p(y)}[KL(p(u|y)\|p_\phi(u|y))] \ge 0$$"
    verdicts = [s.verdict for s in check(f"{contrast} and {bound}").steps]
    assert verdicts[0] == "proved"
    assert verdicts[1] != "proved"
    posterior = r"$$KL(p_\theta(u|y)\|p(u)) = \mathbb{E}_{p_\theta(u|y)}[\log p_\theta(y|u)] - \log p_\theta(y)$$"
    assert [s.verdict for s in check(posterior).steps] == ["proved"]


NEAR = r"$$ KL(s(u)\|r(u)) = H(s, r) + H(s) $$"
BOUND = r"$$ \mathbb{E}_{p(u)}[\log p(u)] = \log \mathbb{E}_{p(u)}[p(u)] $$"
FAR = r"$$ H(U|Y) - I(U;Y) = 3 H(Y|U) + 2 H(U) $$"
SAID = "Let us now look at what these quantities have to do with each other."


@pytest.mark.parametrize(
    ("document", "verdict"),
    [
        (NEAR, "refuted"),
        (FAR, "refuted"),
        (f"# Entropies of two variables\n{FAR}", "refuted"),
        (f"{SAID} {NEAR}", "refuted"),
        (f"{SAID} {FAR}", "conditional"),
        ("$$ I(X;Y) + I(X;Z|Y) = I(X;Y|Z) $$", "refuted"),
        (f"{SAID} $$ I(X;Y) + I(X;Z|Y) = I(X;Y|Z) $$", "conditional"),
        (f"{SAID} $$ I(X;Y) + I(X;Z|Y) = I(X;Y) $$", "conditional"),
        (f"{SAID} $$ I(X;Y|Z) = H(X|Z) + H(X|Y,Z) $$", "refuted"),
        (BOUND, "refuted"),
        (f"{SAID} {BOUND}", "refuted"),
        (f"{FAR} {SAID}", "conditional"),
        (f"\\section{{Entropies of two variables}} \\label{{entropies}} {FAR}", "refuted"),
    ],
)
def test_a_false_line_amid_prose_is_refuted_with_a_true_neighbour_only(document: str, verdict: str) -> None:
    """What no edit makes true may use a name as the prose says it, which the checker does not understand."""
    (step,) = check(document).steps
    assert step.verdict == verdict
    assert step.counterexample is not None
    assert (step.suggestion is not None) >= (verdict == "refuted" and SAID in document)


def normal_divergence(divergence: str, a: str, b: str) -> str:
    log = rf"\log\frac{{\sigma_{{{a},j}}^2}}{{\sigma_{{{b},j}}^2}}"
    square = rf"\frac{{\sigma_{{{a},j}}^2 + (\mu_{{{a},j}} - \mu_{{{b},j}})^2}}{{\sigma_{{{b},j}}^2}}"
    return rf"$$ {divergence} = \frac12 \sum_{{j=1}}^d [{square} - 1 - {log}] $$"


@pytest.mark.parametrize(
    ("divergence", "first", "second", "verdict"),
    [
        (r"KL(q_\phi(z|x,c) \| p(z|c))", r"\phi", "c", "proved"),
        (r"KL(q_\phi(z|x,c) \| p(z|c))", "c", r"\phi", "refuted"),
        (r"KL(q_\theta(z|x) \| p_\phi(z))", r"\theta", r"\phi", "proved"),
        (r"KL(q_\theta(z|x) \| p_\phi(z))", r"\phi", r"\theta", "refuted"),
        (r"KL(q(z|x) \| p(z))", "q", "p", "proved"),
        (r"KL(q(z|x) \| p(z))", "p", "q", "refuted"),
        (r"KL(q(z|x) \| p(z))", "1", "2", "proved"),
        (r"KL(q(z|x) \| p(z))", "2", "1", "conditional"),
        (r"KL(q(z|x) \| p(z))", "b", "a", "conditional"),
    ],
)
def test_means_belong_to_the_laws_that_their_labels_name(divergence, first, second, verdict) -> None:
    """The labels of means are those of the laws, of what these are given, or in the usual order, which is a reading."""
    assert [step.verdict for step in check(normal_divergence(divergence, first, second)).steps] == [verdict]


@pytest.mark.parametrize(
    ("later", "verdict"),
    [
        ("I(U;V) = H(U) - H(U|V)", "proved"),
        ("H(U) - H(U|V) = H(U) + H(V) - H(U,V)", "proved"),
        ("I(U;V) = H(U) - H(U,V)", "refuted"),
        ("H(U|V) - H(U) = I(U;V)", "refuted"),
        ("2 H = -2 \\sum_u p(u) \\log p(u)", "proved"),
        ("H(U) = \\sum_u p(u) \\log p(u)", "conditional"),
    ],
)
def test_a_reserved_name_that_is_defined_without_arguments_says_nothing_of_its_calls(later: str, verdict: str) -> None:
    document = rf"$$ H = -\sum_u p(u) \log p(u) $$ $$ {later} $$"
    assert [step.verdict for step in check(document).steps] == ["definition", verdict]


HALVES = r"\frac12 KL(s\|\frac{s+r}2) + \frac12 KL(r\|\frac{s+r}2)"
WHOLES = r"KL(s\|\frac{s+r}2) + KL(r\|\frac{s+r}2)"


@pytest.mark.parametrize(
    ("document", "verdicts"),
    [
        (f"{SAID} $$ JSD(s\\|r) = {WHOLES} $$", ["conditional"]),
        (f"$$ JSD(s\\|r) = {WHOLES} $$", ["refuted"]),
        (f"{SAID} $$ JSD(s\\|r) = {WHOLES} $$ $$ JSD(s\\|r) = {HALVES} $$", ["conditional", "conditional"]),
        (f"{SAID} $$ JSD(s\\|r) = {HALVES} $$ $$ JSD(s\\|r) = {WHOLES} $$", ["proved", "refuted"]),
        (f"{SAID} $$ JSD(s\\|r) = \\frac12 KL(s\\|\\frac{{s+r}}2) + KL(r\\|\\frac{{s+r}}2) $$", ["refuted"]),
        (f"{SAID} $$ JSD(s\\|r) \\ge {WHOLES} $$", ["refuted"]),
        (f"{SAID} $$ TV(s, r) = \\int |s(u) - r(u)| du $$", ["conditional"]),
        ("$$ TV(s, r) = \\int |s(u) - r(u)| du $$", ["refuted"]),
    ],
)
def test_a_divergence_may_be_defined_without_its_half(document: str, verdicts: list[str]) -> None:
    assert [step.verdict for step in check(document).steps] == verdicts


LEVELS = (
    r"$$ \mathbb{E}_{q(u,v|x)}\left[\log \frac{p(x,u,v)}{q(u,v|x)}\right] = \mathbb{E}_{q(u|x)}[\log p(x|u)]"
    r" %s \mathbb{E}_{q(u|x)}[D_{KL}(q(v|u,x) \| p(v|u))] - D_{KL}(q(u|x) \| p(u)) $$"
)


def test_a_model_that_is_written_level_by_level_may_be_a_chain() -> None:
    (step,) = check(LEVELS % "-").steps
    assert step.verdict == "conditional"
    assert "true if v - u - x is a Markov chain" in step.message
    assert [step.verdict for step in check(LEVELS % "+").steps] == ["refuted"]
