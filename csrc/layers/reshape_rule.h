// The channel rule of layers that keep the elements' order and change the shape (Reshape, Flatten, Squeeze,
// Unsqueeze): axes are matched in groups of equal size, and in each group one axis per side carries channels.
#pragma once

#include "layers/support.h"

namespace alcedo {

void reshape_channels(ChannelRuleArgs& args);

// dst 0 := src 0's bytes, and the way back.
void copy_forward(const ForwardArgs& args);
void copy_backward(const BackwardArgs& args);

}  // namespace alcedo
