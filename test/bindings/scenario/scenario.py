"""The scenario of README.md in Python."""

import ctypes
import math
import sys

import halcon as ha

model_file, text_file, pruned_file = sys.argv[1:4]


def show(name, values):
    for value in values:
        text.write(f"{name} {math.floor(value * 1e6 + 0.5) if type(value) is float else value}\n")


def sample_image(s):
    planes = [
        (ctypes.c_float * (32 * 32))(*((7 * i + 13 * c + 29 * s) % 101 / 50.5 - 1 for i in range(32 * 32)))
        for c in range(3)
    ]
    return ha.gen_image3("real", 32, 32, *(ctypes.addressof(plane) for plane in planes))


def samples(first, num):
    batch = [ha.create_dict() for _ in range(num)]
    for s, sample in enumerate(batch, first):
        ha.set_dict_object(sample_image(s), sample, "image")
        ha.set_dict_tuple(sample, "image_label_id", [s % 10])
    return batch


with open(text_file, "w", newline="\n") as text:
    model = ha.read_dl_model(model_file)
    show("type", ha.get_dl_model_param(model, "type"))
    show("image_dimensions", ha.get_dl_model_param(model, "image_dimensions"))
    ha.set_dl_model_param(model, "batch_size", 4)

    pruning = ha.create_dl_pruning(model, "oracle", [])
    ha.add_dl_pruning_batch(model, pruning, samples(0, 4))
    ha.add_dl_pruning_batch(model, pruning, samples(4, 3))
    for name in ("prunable_conv_num", "prunable_conv_layer_name", "prunable_kernel_num"):
        show(name, ha.get_dl_pruning_param(pruning, name))

    ha.set_dl_pruning_param(pruning, "percentage", 40)
    pruned = ha.gen_dl_pruned_model(model, pruning)
    for name in ("pruned_kernel_num", "pruned_percentage"):
        show(name, ha.get_dl_pruning_param(pruning, name))

    ha.set_dl_model_param(pruned, "learning_rate", 0.01)
    batch = samples(0, 4)
    for _ in range(2):
        show("total_loss", ha.get_dict_tuple(ha.train_dl_model_batch(pruned, batch), "total_loss"))
    for result in ha.apply_dl_model(pruned, batch, []):
        for name in ("classification_class_ids", "classification_confidences"):
            show(name, ha.get_dict_tuple(result, name))
    ha.write_dl_model(pruned, pruned_file)
