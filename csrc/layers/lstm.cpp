// LSTM with the standard activations: sigmoid for the gates, tanh for the cell; gates in the order i, o, f, c.
#include <cmath>

#include "layers/recurrent.h"

namespace alcedo {
namespace {

constexpr int64_t kGates = 4;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

struct Values {
  std::vector<double> x, w, r, b, h, c, p;
};

// One direction of one sequence; entry s + 1 of `h` and `c` is the state after step s.
struct Trace {
  std::vector<std::vector<double>> gate, h, c;
};

Values load(const Recurrent& n, const std::vector<const Tensor*>& src) {
  return {to_doubles(src[0]),
          to_doubles(src[1]),
          to_doubles(src[2]),
          to_doubles(tensor_at(src, 3), n.directions * 2 * kGates * n.hidden),
          to_doubles(tensor_at(src, 5), n.directions * n.batch * n.hidden),
          to_doubles(tensor_at(src, 6), n.directions * n.batch * n.hidden),
          to_doubles(tensor_at(src, 7), n.directions * 3 * n.hidden)};
}

Trace trace(const Recurrent& n, const Values& v, int64_t d, int64_t b) {
  const int64_t H = n.hidden, G = kGates * H;
  const double *w = v.w.data() + d * G * n.inputs, *r = v.r.data() + d * G * H, *bias = v.b.data() + d * 2 * G,
               *p = v.p.data() + d * 3 * H;
  const int64_t state = n.state_at(d, b);
  Trace t;
  t.h.push_back({v.h.begin() + state, v.h.begin() + state + H});
  t.c.push_back({v.c.begin() + state, v.c.begin() + state + H});
  for (int64_t s = 0; s < n.steps; ++s) {
    const double* x = v.x.data() + n.x_at(n.time(d, s), b);
    const std::vector<double>&h = t.h[s], &c = t.c[s];
    std::vector<double> a(G), next_h(H), next_c(H);
    for (int64_t g = 0; g < G; ++g) {
      a[g] = bias[g] + bias[G + g];
      for (int64_t k = 0; k < n.inputs; ++k) a[g] += w[g * n.inputs + k] * x[k];
      for (int64_t k = 0; k < H; ++k) a[g] += r[g * H + k] * h[k];
    }
    for (int64_t u = 0; u < H; ++u) {
      a[u] = sigmoid(a[u] + p[u] * c[u]);
      a[2 * H + u] = sigmoid(a[2 * H + u] + p[2 * H + u] * c[u]);
      a[3 * H + u] = std::tanh(a[3 * H + u]);
      next_c[u] = a[2 * H + u] * c[u] + a[u] * a[3 * H + u];
      a[H + u] = sigmoid(a[H + u] + p[H + u] * next_c[u]);
      next_h[u] = a[H + u] * std::tanh(next_c[u]);
    }
    t.gate.push_back(std::move(a));
    t.h.push_back(std::move(next_h));
    t.c.push_back(std::move(next_c));
  }
  return t;
}

void infer(InferArgs& args) {
  node_require(args.node, args.node.attributes.integer("input_forget", 0) == 0, "input_forget is not supported");
  infer_recurrent(args, kGates);
}

void forward(const ForwardArgs& args) {
  const Recurrent n(args.node, args.src[0]->shape(), args.src[2]->shape(), kGates);
  for_floats(args, args.src[0]->dtype(), forward, [&](auto) {
    const Values v = load(n, args.src);
    std::vector<double> y(num_elements(n.y_shape())), last_h(v.h.size()), last_c(v.c.size());
    for (int64_t d = 0; d < n.directions; ++d) {
      for (int64_t b = 0; b < n.batch; ++b) {
        const Trace t = trace(n, v, d, b);
        for (int64_t s = 0; s < n.steps; ++s) {
          std::copy(t.h[s + 1].begin(), t.h[s + 1].end(), y.begin() + n.y_at(n.time(d, s), d, b));
        }
        std::copy(t.h.back().begin(), t.h.back().end(), last_h.begin() + n.state_at(d, b));
        std::copy(t.c.back().begin(), t.c.back().end(), last_c.begin() + n.state_at(d, b));
      }
    }
    from_doubles(y, tensor_at(args.dst, 0));
    from_doubles(last_h, tensor_at(args.dst, 1));
    from_doubles(last_c, tensor_at(args.dst, 2));
  });
}

// Back through the steps of one direction of one sequence; adds to the gradients in `g` and to the units' products of
// state and gradient.
void back(const Recurrent& n, const Values& v, int64_t d, int64_t b, const std::vector<double>& dy,
          std::vector<double> dh, std::vector<double> dc, Values& g, double* products) {
  const int64_t H = n.hidden, G = kGates * H;
  const Trace t = trace(n, v, d, b);
  const double *w = v.w.data() + d * G * n.inputs, *r = v.r.data() + d * G * H, *p = v.p.data() + d * 3 * H;
  double *dw = g.w.data() + d * G * n.inputs, *dr = g.r.data() + d * G * H, *db = g.b.data() + d * 2 * G,
         *dp = g.p.data() + d * 3 * H;
  for (int64_t u = 0; u < H; ++u) products[u] += dc[u] * t.c.back()[u];
  for (int64_t s = n.steps - 1; s >= 0; --s) {
    const std::vector<double>&a = t.gate[s], &h = t.h[s], &c = t.c[s], &next = t.c[s + 1];
    std::vector<double> da(G), before_h(H, 0.0), before_c(H);
    for (int64_t u = 0; u < H; ++u) {
      const double i = a[u], o = a[H + u], f = a[2 * H + u], cell = a[3 * H + u], th = std::tanh(next[u]);
      dh[u] += dy[n.y_at(n.time(d, s), d, b) + u];
      products[u] += dh[u] * t.h[s + 1][u];
      da[H + u] = dh[u] * th * o * (1 - o);
      dc[u] += dh[u] * o * (1 - th * th) + da[H + u] * p[H + u];
      da[u] = dc[u] * cell * i * (1 - i);
      da[2 * H + u] = dc[u] * c[u] * f * (1 - f);
      da[3 * H + u] = dc[u] * i * (1 - cell * cell);
      dp[u] += da[u] * c[u];
      dp[H + u] += da[H + u] * next[u];
      dp[2 * H + u] += da[2 * H + u] * c[u];
      before_c[u] = dc[u] * f + da[u] * p[u] + da[2 * H + u] * p[2 * H + u];
    }
    const int64_t at = n.x_at(n.time(d, s), b);
    for (int64_t k = 0; k < G; ++k) {
      db[k] += da[k];
      db[G + k] += da[k];
      for (int64_t i = 0; i < n.inputs; ++i) {
        dw[k * n.inputs + i] += da[k] * v.x[at + i];
        g.x[at + i] += da[k] * w[k * n.inputs + i];
      }
      for (int64_t i = 0; i < H; ++i) {
        dr[k * H + i] += da[k] * h[i];
        before_h[i] += da[k] * r[k * H + i];
      }
    }
    dh = std::move(before_h);
    dc = std::move(before_c);
  }
  for (int64_t u = 0; u < H; ++u) products[u] += dh[u] * t.h[0][u];
  std::copy(dh.begin(), dh.end(), g.h.begin() + n.state_at(d, b));
  std::copy(dc.begin(), dc.end(), g.c.begin() + n.state_at(d, b));
}

void backward(const BackwardArgs& args) {
  const Recurrent n(args.node, args.src[0]->shape(), args.src[2]->shape(), kGates);
  const Values v = load(n, args.src);
  const std::vector<double> dy = to_doubles(tensor_at(args.diff_dst, 0), num_elements(n.y_shape())),
                            dh = to_doubles(tensor_at(args.diff_dst, 1), static_cast<int64_t>(v.h.size())),
                            dc = to_doubles(tensor_at(args.diff_dst, 2), static_cast<int64_t>(v.c.size()));
  const auto zeros = [](const std::vector<double>& like) { return std::vector<double>(like.size(), 0.0); };
  Values g{zeros(v.x), zeros(v.w), zeros(v.r), zeros(v.b), zeros(v.h), zeros(v.c), zeros(v.p)};
  std::vector<double> products(n.batch * n.hidden, 0.0);
  for (int64_t d = 0; d < n.directions; ++d) {
    for (int64_t b = 0; b < n.batch; ++b) {
      const int64_t at = n.state_at(d, b);
      back(n, v, d, b, dy, {dh.begin() + at, dh.begin() + at + n.hidden}, {dc.begin() + at, dc.begin() + at + n.hidden},
           g, products.data() + b * n.hidden);
    }
  }
  give_unit_products(n, products, args.unit_products);
  const std::vector<double>* const all[] = {&g.x, &g.w, &g.r, &g.b, nullptr, &g.h, &g.c, &g.p};
  for (size_t i = 0; i < 8; ++i) {
    if (all[i]) from_doubles(*all[i], tensor_at(args.diff_src, i));
  }
}

}  // namespace

extern const Layer lstm_layer{"LSTM",
                              {InputRole::data, InputRole::weight, InputRole::weight, InputRole::bias,
                               InputRole::setting, InputRole::data, InputRole::data, InputRole::weight},
                              infer,
                              recurrent_channels,
                              forward,
                              backward,
                              recurrent_macs,
                              recurrent_rewrite,
                              true};

}  // namespace alcedo
