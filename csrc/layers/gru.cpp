// GRU with the standard activations: sigmoid for the gates, tanh for the candidate; gates in the order z, r, h.
#include <cmath>

#include "layers/recurrent.h"

namespace alcedo {
namespace {

constexpr int64_t kGates = 3;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

struct Values {
  std::vector<double> x, w, r, b, h;
};

// One direction of one sequence; entry s + 1 of `h` is the state after step s. `inner`: what the reset gate
// multiplies if it comes after the product with R.
struct Trace {
  std::vector<std::vector<double>> gate, h, inner;
};

Values load(const Recurrent& n, const std::vector<const Tensor*>& src) {
  return {to_doubles(src[0]), to_doubles(src[1]), to_doubles(src[2]),
          to_doubles(tensor_at(src, 3), n.directions * 2 * kGates * n.hidden),
          to_doubles(tensor_at(src, 5), n.directions * n.batch * n.hidden)};
}

Trace trace(const Recurrent& n, const Values& v, bool reset_after, int64_t d, int64_t b) {
  const int64_t H = n.hidden, G = kGates * H, state = n.state_at(d, b);
  const double *w = v.w.data() + d * G * n.inputs, *r = v.r.data() + d * G * H, *bias = v.b.data() + d * 2 * G;
  Trace t;
  t.h.push_back({v.h.begin() + state, v.h.begin() + state + H});
  for (int64_t s = 0; s < n.steps; ++s) {
    const double* x = v.x.data() + n.x_at(n.time(d, s), b);
    const std::vector<double>& h = t.h[s];
    std::vector<double> a(G), inner(H), next(H);
    for (int64_t g = 0; g < G; ++g) {
      a[g] = bias[g];
      for (int64_t k = 0; k < n.inputs; ++k) a[g] += w[g * n.inputs + k] * x[k];
    }
    for (int64_t g = 0; g < 2 * H; ++g) {
      a[g] += bias[G + g];
      for (int64_t k = 0; k < H; ++k) a[g] += r[g * H + k] * h[k];
      a[g] = sigmoid(a[g]);
    }
    for (int64_t u = 0; u < H; ++u) {
      const int64_t g = 2 * H + u;
      inner[u] = bias[G + g];
      for (int64_t k = 0; k < H; ++k) inner[u] += r[g * H + k] * (reset_after ? h[k] : a[H + k] * h[k]);
      a[g] = std::tanh(a[g] + (reset_after ? a[H + u] * inner[u] : inner[u]));
      next[u] = (1 - a[u]) * a[g] + a[u] * h[u];
    }
    t.gate.push_back(std::move(a));
    t.inner.push_back(std::move(inner));
    t.h.push_back(std::move(next));
  }
  return t;
}

bool resets_after(const Node& node) { return node.attributes.integer("linear_before_reset", 0) != 0; }

void infer(InferArgs& args) { infer_recurrent(args, kGates); }

void forward(const ForwardArgs& args) {
  const Recurrent n(args.node, args.src[0]->shape(), args.src[2]->shape(), kGates);
  for_floats(args, args.src[0]->dtype(), forward, [&](auto) {
    const Values v = load(n, args.src);
    std::vector<double> y(num_elements(n.y_shape())), last(v.h.size());
    for (int64_t d = 0; d < n.directions; ++d) {
      for (int64_t b = 0; b < n.batch; ++b) {
        const Trace t = trace(n, v, resets_after(args.node), d, b);
        for (int64_t s = 0; s < n.steps; ++s) {
          std::copy(t.h[s + 1].begin(), t.h[s + 1].end(), y.begin() + n.y_at(n.time(d, s), d, b));
        }
        std::copy(t.h.back().begin(), t.h.back().end(), last.begin() + n.state_at(d, b));
      }
    }
    from_doubles(y, tensor_at(args.dst, 0));
    from_doubles(last, tensor_at(args.dst, 1));
  });
}

// Back through the steps of one direction of one sequence; adds to the gradients in `g` and to the units' products of
// state and gradient.
void back(const Recurrent& n, const Values& v, bool reset_after, int64_t d, int64_t b, const std::vector<double>& dy,
          std::vector<double> dh, Values& g, double* products) {
  const int64_t H = n.hidden, G = kGates * H;
  const Trace t = trace(n, v, reset_after, d, b);
  const double *w = v.w.data() + d * G * n.inputs, *r = v.r.data() + d * G * H;
  double *dw = g.w.data() + d * G * n.inputs, *dr = g.r.data() + d * G * H, *db = g.b.data() + d * 2 * G;
  std::vector<double> kept(H, 0.0);  // what reaches the state only through its own later values
  for (int64_t s = n.steps - 1; s >= 0; --s) {
    const std::vector<double>&a = t.gate[s], &h = t.h[s], &inner = t.inner[s];
    std::vector<double> da(G, 0.0), before(H, 0.0), d_inner(H);
    for (int64_t u = 0; u < H; ++u) {
      const double z = a[u], candidate = a[2 * H + u];
      dh[u] += dy[n.y_at(n.time(d, s), d, b) + u];
      products[u] += (dh[u] - kept[u]) * t.h[s + 1][u];
      da[u] = dh[u] * (h[u] - candidate) * z * (1 - z);
      da[2 * H + u] = dh[u] * (1 - z) * (1 - candidate * candidate);
      kept[u] = dh[u] * z;
      before[u] += kept[u];
      d_inner[u] = reset_after ? da[2 * H + u] * a[H + u] : da[2 * H + u];
    }
    // Through the candidate's product with R, into the reset gate and the state.
    for (int64_t k = 0; k < H; ++k) {
      const double reset = a[H + k];
      double sum = 0;
      for (int64_t u = 0; u < H; ++u) {
        sum += d_inner[u] * r[(2 * H + u) * H + k];
        dr[(2 * H + u) * H + k] += d_inner[u] * (reset_after ? h[k] : reset * h[k]);
      }
      before[k] += reset_after ? sum : sum * reset;
      da[H + k] = (reset_after ? da[2 * H + k] * inner[k] : sum * h[k]) * reset * (1 - reset);
    }
    const int64_t at = n.x_at(n.time(d, s), b);
    for (int64_t k = 0; k < G; ++k) {
      db[k] += da[k];
      db[G + k] += k < 2 * H ? da[k] : d_inner[k - 2 * H];
      for (int64_t i = 0; i < n.inputs; ++i) {
        dw[k * n.inputs + i] += da[k] * v.x[at + i];
        g.x[at + i] += da[k] * w[k * n.inputs + i];
      }
      for (int64_t i = 0; i < H && k < 2 * H; ++i) {
        dr[k * H + i] += da[k] * h[i];
        before[i] += da[k] * r[k * H + i];
      }
    }
    dh = std::move(before);
  }
  for (int64_t u = 0; u < H; ++u) products[u] += (dh[u] - kept[u]) * t.h[0][u];
  std::copy(dh.begin(), dh.end(), g.h.begin() + n.state_at(d, b));
}

void backward(const BackwardArgs& args) {
  const Recurrent n(args.node, args.src[0]->shape(), args.src[2]->shape(), kGates);
  const Values v = load(n, args.src);
  const std::vector<double> dy = to_doubles(tensor_at(args.diff_dst, 0), num_elements(n.y_shape())),
                            dh = to_doubles(tensor_at(args.diff_dst, 1), static_cast<int64_t>(v.h.size()));
  const auto zeros = [](const std::vector<double>& like) { return std::vector<double>(like.size(), 0.0); };
  Values g{zeros(v.x), zeros(v.w), zeros(v.r), zeros(v.b), zeros(v.h)};
  std::vector<double> products(n.batch * n.hidden, 0.0);
  for (int64_t d = 0; d < n.directions; ++d) {
    for (int64_t b = 0; b < n.batch; ++b) {
      const int64_t at = n.state_at(d, b);
      back(n, v, resets_after(args.node), d, b, dy, {dh.begin() + at, dh.begin() + at + n.hidden}, g,
           products.data() + b * n.hidden);
    }
  }
  give_unit_products(n, products, args.unit_products);
  const std::vector<double>* const all[] = {&g.x, &g.w, &g.r, &g.b, nullptr, &g.h};
  for (size_t i = 0; i < 6; ++i) {
    if (all[i]) from_doubles(*all[i], tensor_at(args.diff_src, i));
  }
}

}  // namespace

extern const Layer gru_layer{
    "GRU",
    {InputRole::data, InputRole::weight, InputRole::weight, InputRole::bias, InputRole::setting, InputRole::data},
    infer,
    recurrent_channels,
    forward,
    backward,
    recurrent_macs,
    recurrent_rewrite,
    true};

}  // namespace alcedo
