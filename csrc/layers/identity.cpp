// Identity: the value itself.
#include "layers/reshape_rule.h"

namespace alcedo {

extern const Layer identity_layer{"Identity",         {InputRole::data}, infer_same,
                                  pointwise_channels, copy_forward,      copy_backward};

}  // namespace alcedo
