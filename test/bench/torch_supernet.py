"""The over-parameterised networks of the step benchmark in PyTorch: spaces, and choice blocks with three ways to run."""

import torch
from torch import nn

CANDIDATES = [(kernel, expansion) for kernel in (3, 5, 7) for expansion in (3, 6)]

# stem: width, stride. stages: width, depth, stride of the first block. fixed: width of an MBConv 3x3 e1 after the stem.
SPACES = {
    "fashion28": dict(input=(1, 28), batch=128, classes=10, stem=(16, 1), fixed=None,
                      stages=[(24, 2, 1), (40, 3, 2), (80, 3, 2)], head=320),
    "cifar32": dict(input=(3, 32), batch=64, classes=10, stem=(32, 1), fixed=None,
                    stages=[(24, 3, 1), (40, 4, 2), (80, 4, 2), (96, 4, 1)], head=320),
    "imagenet224": dict(input=(3, 224), batch=8, classes=1000, stem=(32, 2), fixed=16,
                        stages=[(24, 4, 2), (40, 4, 2), (80, 4, 2), (96, 4, 1), (192, 4, 2), (320, 1, 1)], head=1280),
}


def conv_norm(inputs, outputs, kernel, stride=1, groups=1, activation=True):
    """Convolution, batch norm, and ReLU6 unless told otherwise."""
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    nn.init.kaiming_normal_(conv.weight, mode="fan_out")
    layers = [conv, nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.1)]
    return layers + [nn.ReLU6(inplace=True)] if activation else layers


def mbconv(inputs, outputs, kernel, expansion, stride):
    """Inverted bottleneck: expand 1x1, depthwise, project 1x1 without activation (arXiv 1801.04381)."""
    hidden = inputs * expansion
    expand = conv_norm(inputs, hidden, 1) if expansion > 1 else []
    depthwise = conv_norm(hidden, hidden, kernel, stride, groups=hidden)
    return nn.Sequential(*expand, *depthwise, *conv_norm(hidden, outputs, 1, activation=False))


class GateGradients(torch.autograd.Function):
    """Mode `full`: passes the active candidate's output through; backward gives every gate its gradient
    dL/dg_k = <o_k, dL/doutput>. The other outputs exist one at a time, in backward only: memory stays that of one path."""

    @staticmethod
    def forward(ctx, output, gates, x, convs, active):
        ctx.save_for_backward(output, gates, x)
        ctx.convs, ctx.active = convs, active
        return output.view_as(output)

    @staticmethod
    def backward(ctx, gradient):
        output, gates, x = ctx.saved_tensors
        gate_gradients = torch.zeros_like(gates)  # Zero has no convolution and keeps 0: its output is 0.
        with torch.no_grad():
            for k, conv in enumerate(ctx.convs):
                candidate = output if k == ctx.active else conv(x)
                gate_gradients[k] = (candidate * gradient).sum()
        return gradient, gate_gradients, None, None, None


class Choice(nn.Module):
    """A block with candidates. Zero, the last of them where the block has a shortcut, has no module: it skips the block."""

    def __init__(self, inputs, outputs, stride, candidates, searched):
        super().__init__()
        self.convs = nn.ModuleList(mbconv(inputs, outputs, k, e, stride) for k, e in candidates)
        self.residual = stride == 1 and inputs == outputs
        self.count = len(candidates) + (searched and self.residual)
        # Stands for the latency table: what the numbers are does not change the work of a step.
        costs = [k * e for k, e in candidates] + [0]
        self.costs = torch.tensor(costs[: self.count], dtype=torch.float32)

    def is_zero(self, index):
        return index == len(self.convs)

    def shortcut(self, x, y):
        return x + y if self.residual else y

    def run_path(self, x, index):
        return x if self.is_zero(index) else self.shortcut(x, self.convs[index](x))

    def run_two(self, x, pair, gates, active):
        """Sum of gate times output over the pair. Nothing flows back to x through the inactive one, as its gate is 0."""
        if self.is_zero(pair[active]):
            return x
        output = gates[active] * self.convs[pair[active]](x)
        if not self.is_zero(pair[1 - active]):
            with torch.no_grad():
                inactive = self.convs[pair[1 - active]](x)
            output = output + gates[1 - active] * inactive
        return self.shortcut(x, output)

    def run_full(self, x, gates, active):
        if self.is_zero(active):
            return x
        return self.shortcut(x, GateGradients.apply(self.convs[active](x), gates, x.detach(), self.convs, active))


class Supernet(nn.Module):
    def __init__(self, space, candidates, searched):
        super().__init__()
        width, stride = space["stem"]
        stem = conv_norm(space["input"][0], width, 3, stride)
        if space["fixed"]:
            stem.append(mbconv(width, space["fixed"], 3, 1, 1))
            width = space["fixed"]
        self.stem = nn.Sequential(*stem)
        self.choices = nn.ModuleList()
        for outputs, depth, first_stride in space["stages"]:
            for place in range(depth):
                stride = first_stride if place == 0 else 1
                self.choices.append(Choice(width, outputs, stride, candidates, searched))
                width = outputs
        head = conv_norm(width, space["head"], 1)
        self.head = nn.Sequential(*head, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(space["head"], space["classes"]))

    def forward(self, images, run_choice):
        """run_choice(block number, block, x) runs one choice block in the way of the step."""
        x = self.stem(images)
        for number, block in enumerate(self.choices):
            x = run_choice(number, block, x)
        return self.head(x)
