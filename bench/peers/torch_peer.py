#!/usr/bin/env python3
"""PyTorch as a peer of the benchmark: a server that reads one JSON command per line and answers with one.

{"command": "load", "net": "resnet18", "batch": 16, "size": 224, "mode": "train|score|infer",
 "variant": ...} -> {"ok": true, "version": ...};  {"command": "steps", "steps": 3} -> {"ms": [...]};
{"command": "peak"} -> {"mib": ...}. 'score' is forward and backward, which Taylor scores need of PyTorch. The memory
settings of "tuned" are environment variables that bench/peers.ts sets.
"""
import json
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(2)


def conv_bn(i, o, k=3, s=1, groups=1, act=True):
    layers = [nn.Conv2d(i, o, k, s, k // 2, groups=groups, bias=False), nn.BatchNorm2d(o)]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if act else nn.Sequential(*layers)


class Residual(nn.Module):
    """A basic (two 3x3) or bottleneck (1x1, 3x3, 1x1) block."""

    def __init__(self, i, o, s, bottleneck):
        super().__init__()
        if bottleneck:
            self.body = nn.Sequential(conv_bn(i, o // 4, 1), conv_bn(o // 4, o // 4, 3, s), conv_bn(o // 4, o, 1, act=False))
        else:
            self.body = nn.Sequential(conv_bn(i, o, 3, s), conv_bn(o, o, 3, act=False))
        self.shortcut = conv_bn(i, o, 1, s, act=False) if s != 1 or i != o else nn.Identity()

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x), inplace=True)


class Classifier(nn.Module):
    def __init__(self, features, channels, classes, head=None):
        super().__init__()
        self.features = features
        self.head = head or nn.Linear(channels, classes)
        self.pooled = head is None

    def forward(self, x):
        x = self.features(x)
        return self.head(torch.flatten(F.adaptive_avg_pool2d(x, 1) if self.pooled else x, 1))


def resnet(blocks, widths, bottleneck, stem, classes):
    layers, i = list(stem), widths[0] // 4 if bottleneck else widths[0]
    for stage, (n, o) in enumerate(zip(blocks, widths)):
        for b in range(n):
            layers.append(Residual(i, o, 2 if stage and b == 0 else 1, bottleneck))
            i = o
    return Classifier(nn.Sequential(*layers), i, classes)


def vgg16_bn(classes=1000):
    layers, i = [], 3
    for o in [64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0]:
        if o == 0:
            layers.append(nn.MaxPool2d(2))
            continue
        layers += [nn.Conv2d(i, o, 3, 1, 1), nn.BatchNorm2d(o), nn.ReLU(inplace=True)]
        i = o
    head = nn.Sequential(nn.Linear(512 * 49, 4096), nn.ReLU(inplace=True), nn.Linear(4096, 4096), nn.ReLU(inplace=True),
                         nn.Linear(4096, classes))
    return Classifier(nn.Sequential(*layers), 512, classes, head)


class Inverted(nn.Module):
    def __init__(self, i, o, s, t):
        super().__init__()
        h = i * t
        act = lambda m: nn.Sequential(*list(m)[:2], nn.ReLU6(inplace=True))
        body = [act(conv_bn(i, h, 1))] if t != 1 else []
        self.body = nn.Sequential(*body, act(conv_bn(h, h, 3, s, groups=h)), conv_bn(h, o, 1, act=False))
        self.skip = s == 1 and i == o

    def forward(self, x):
        return x + self.body(x) if self.skip else self.body(x)


def mobilenet_v2(classes=1000):
    layers, i = [conv_bn(3, 32, 3, 2)], 32
    for t, o, n, s in [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]:
        for b in range(n):
            layers.append(Inverted(i, o, s if b == 0 else 1, t))
            i = o
    return Classifier(nn.Sequential(*layers, conv_bn(320, 1280, 1)), 1280, classes)


class Dense(nn.Module):
    def __init__(self, i, growth):
        super().__init__()
        self.body = nn.Sequential(nn.BatchNorm2d(i), nn.ReLU(), nn.Conv2d(i, 4 * growth, 1, bias=False),
                                  nn.BatchNorm2d(4 * growth), nn.ReLU(inplace=True), nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False))

    def forward(self, x):
        return torch.cat([x, self.body(x)], 1)


def densenet121(classes=1000):
    layers, i = [*conv_bn(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1)], 64
    for stage, n in enumerate([6, 12, 24, 16]):
        for _ in range(n):
            layers.append(Dense(i, 32))
            i += 32
        if stage < 3:
            layers += [nn.BatchNorm2d(i), nn.ReLU(inplace=True), nn.Conv2d(i, i // 2, 1, bias=False), nn.AvgPool2d(2)]
            i //= 2
    return Classifier(nn.Sequential(*layers, nn.BatchNorm2d(i), nn.ReLU(inplace=True)), i, classes)


def big_stem():
    return [conv_bn(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1)]


NETS = {
    'resnet18': lambda: resnet([2, 2, 2, 2], [64, 128, 256, 512], False, big_stem(), 1000),
    'resnet50': lambda: resnet([3, 4, 6, 3], [256, 512, 1024, 2048], True, big_stem(), 1000),
    'vgg16_bn': vgg16_bn,
    'mobilenet_v2': mobilenet_v2,
    'densenet121': densenet121,
    'resnet20': lambda: resnet([3, 3, 3], [16, 32, 64], False, [conv_bn(3, 16)], 10),
}


CANDIDATES = ['cl', 'jit', 'jit-cl']


class Peer:
    def load(self, net, batch, size, mode, variant):
        """Variants: default; plain, cl (channels_last), jit and jit-cl (frozen, optimized for inference), compile, bf16
        (autocast, channels_last)."""
        torch.manual_seed(1)
        self.mode, self.bf16 = mode, variant == 'bf16'
        self.model = NETS[net]()
        classes = 10 if net == 'resnet20' else 1000
        self.x, self.y = torch.randn(batch, 3, size, size), torch.randint(0, classes, (batch,))
        if variant in ('cl', 'jit-cl', 'bf16', 'compile'):
            self.model = self.model.to(memory_format=torch.channels_last)
            self.x = self.x.contiguous(memory_format=torch.channels_last)
        self.model.train(mode == 'train')
        if mode == 'train':
            self.optimizer = torch.optim.SGD(self.model.parameters(), lr=1e-4, momentum=0.9, weight_decay=1e-4)
        if variant.startswith('jit'):
            with torch.no_grad():
                self.model = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(self.model, self.x)))
        if variant == 'compile':
            self.model = torch.compile(self.model)

    def choose(self, mode, compile, **request):
        """The fastest variant for this work on this machine."""
        names = (CANDIDATES if mode == 'infer' else ['cl']) + (['compile'] if compile else [])
        times = {}
        for name in names:
            try:
                self.load(mode=mode, variant=name, **request)
                for _ in range(3):
                    self.step()
                times[name] = min(milliseconds(self.step) for _ in range(5))
            except Exception as error:  # a variant that this version has not
                print(f'{name}: {error}', file=sys.stderr)
        return min(times, key=times.get)

    def forward(self):
        with torch.autocast('cpu', torch.bfloat16, enabled=self.bf16):
            return self.model(self.x)

    def step(self):
        if self.mode == 'infer':
            with torch.no_grad():
                self.forward()
            return
        self.model.zero_grad(set_to_none=True)
        F.cross_entropy(self.forward().float(), self.y).backward()
        if self.mode == 'train':
            self.optimizer.step()


def milliseconds(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def serve(peer, step):
    """The line protocol: 'load', 'choose', 'steps' (milliseconds of each); anything else asks for the peak memory."""
    for line in sys.stdin:
        request = json.loads(line)
        command = request.pop('command')
        if command == 'load':
            peer.load(**request)
            answer = {'ok': True, 'version': torch.__version__}
        elif command == 'choose':
            answer = {'variant': peer.choose(**request), 'version': torch.__version__}
        elif command == 'steps':
            answer = {'ms': [step() for _ in range(request['steps'])]}
        else:
            answer = {'mib': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
        print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    peer = Peer()
    serve(peer, lambda: milliseconds(peer.step))
