#!/usr/bin/env python3
"""Torch-Pruning (checkout in $TORCH_PRUNING) behind the line protocol of torch_peer.py, on the same networks.

mode 'gen': dependency graph, groups, Taylor importance from gradients that are there already, and prune, on a fresh copy of
the model. mode 'taylor': forward, backward and the importance of all groups; the graph is made before.
"""
import copy
import os
import sys

sys.path.insert(0, os.environ['TORCH_PRUNING'])
import torch
import torch.nn.functional as F
import torch_pruning as tp

import torch_peer


class Peer:
    def load(self, net, batch, size, mode):
        torch.manual_seed(1)
        self.mode = mode
        self.model = torch_peer.NETS[net]().eval()
        classes = 10 if net == 'resnet20' else 1000
        self.x, self.y = torch.randn(batch, 3, size, size), torch.randint(0, classes, (batch,))
        if mode == 'gen':
            self.backward(self.model)
        else:
            self.pruner = self.make_pruner(self.model)

    def backward(self, model):
        model.zero_grad(set_to_none=True)
        F.cross_entropy(model(self.x), self.y).backward()

    def make_pruner(self, model):
        heads = [m for m in model.modules() if isinstance(m, torch.nn.Linear)][-1:]
        return tp.pruner.BasePruner(model, self.x[:1], importance=tp.importance.GroupTaylorImportance(),
                                    pruning_ratio=0.3, ignored_layers=heads)

    def step(self):
        if self.mode == 'taylor':
            return torch_peer.milliseconds(self.score)
        model = copy.deepcopy(self.model)
        for mine, copied in zip(self.model.parameters(), model.parameters()):
            copied.grad = mine.grad.clone()
        return torch_peer.milliseconds(lambda: self.make_pruner(model).step())

    def score(self):
        self.backward(self.model)
        pruner = self.pruner
        for group in pruner.DG.get_all_groups(ignored_layers=pruner.ignored_layers,
                                              root_module_types=pruner.root_module_types):
            pruner.importance(group)


peer = Peer()
torch_peer.serve(peer, peer.step)
