// Which groups leave: lowest first, as many kernels as asked for, while every convolution (and every axis of every
// value) keeps what it must keep.
#pragma once

#include <cstdint>
#include <vector>

#include "pruning/coupling.h"

namespace alcedo {

struct SelectionLimits {
  std::vector<int64_t> min_kernels;  // per convolution: kernels that stay; at least 1 always stays
  std::vector<bool> locked;          // per group: stays
  int64_t round_to = 1;              // kernels that stay are a multiple, where groups allow it
};

// A set of groups that leave, kept consistent: what `fits` says yes to can be taken.
class Removal {
 public:
  Removal(const Coupling& coupling, const SelectionLimits& limits);
  bool fits(int32_t group) const;
  void take(int32_t group);
  void put_back(int32_t group);
  bool removed(int32_t group) const { return removed_[group]; }
  const std::vector<bool>& groups() const { return removed_; }
  int64_t kernel_num() const { return kernel_num_; }  // removed in all
  int64_t kernels_left(int32_t convolution) const { return left_[convolution]; }

 private:
  const Coupling& coupling_;
  const SelectionLimits& limits_;
  std::vector<int32_t> axis_left_;  // per axis of every value
  std::vector<int64_t> left_;       // per convolution
  std::vector<bool> removed_;
  int64_t kernel_num_ = 0;
};

// `order`: groups, the least important first. Never removes more than `kernels` kernels; a group counts all its
// kernels and is taken only if it fits.
std::vector<bool> select_groups(const Coupling& coupling, const std::vector<int32_t>& order,
                                const SelectionLimits& limits, int64_t kernels);

int64_t count_kernels(const Coupling& coupling, const std::vector<bool>& removed);
// Kernels that stay, per convolution.
std::vector<int64_t> kernels_left(const Coupling& coupling, const std::vector<bool>& removed);

}  // namespace alcedo
