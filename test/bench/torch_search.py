"""The three steps of a ProxylessNAS search (arXiv 1812.00332) in PyTorch, as the benchmark times them."""

import torch
from torch import nn

from torch_supernet import CANDIDATES, Supernet


def hard_gates(probabilities, active):
    """One-hot in value, the softmax in gradient: autograd then gives dL/dalpha_i = sum_j dL/dg_j p_j (delta_ij - p_i),
    the gradient of binarised paths (arXiv 1812.00332, equation 4)."""
    one_hot = torch.zeros_like(probabilities)
    one_hot[active] = 1
    return one_hot + (probabilities - probabilities.detach())


class Search:
    """A supernet, its architecture parameters, one fixed batch, and the three steps; each returns its loss."""

    def __init__(self, space, largest, memory_format):
        torch.manual_seed(1)
        self.net = Supernet(space, CANDIDATES[-1:] if largest else CANDIDATES, searched=not largest)
        self.net.to(memory_format=memory_format).train()
        channels, side = space["input"]
        images = torch.randn(space["batch"], channels, side, side)
        self.images = images.contiguous(memory_format=memory_format)
        self.labels = torch.randint(space["classes"], (space["batch"],))
        self.cross_entropy = nn.CrossEntropyLoss(label_smoothing=0.1)
        self.weights = list(self.net.parameters())
        self.weight_optimizer = torch.optim.SGD(self.weights, lr=0.025, momentum=0.9, nesterov=True, weight_decay=4e-5)
        self.alphas = [(1e-3 * torch.randn(block.count)).requires_grad_() for block in self.net.choices]
        self.alpha_optimizer = torch.optim.Adam(self.alphas, lr=1e-3, betas=(0, 0.999))
        self.latency_target = sum(block.costs.mean().item() for block in self.net.choices)

    def weight(self, path):
        self.weights_need_gradients(True)
        loss = self.loss(lambda number, block, x: block.run_path(x, path[number]))
        # Gradients off the path stay None, and SGD then leaves those weights, their decay and their momentum alone.
        return self.update(loss, self.weight_optimizer)

    def arch_two(self, pairs, active):
        chosen = [pair[place] for pair, place in zip(pairs, active)]
        probabilities = [alpha[pair].softmax(0) for alpha, pair in zip(self.alphas, pairs)]
        gates = [hard_gates(p, place) for p, place in zip(probabilities, active)]
        self.weights_need_gradients(False)
        loss = self.loss(lambda number, block, x: block.run_two(x, pairs[number], gates[number], active[number]))
        costs = [block.costs[pair] for block, pair in zip(self.net.choices, pairs)]
        before = [alpha.detach()[pair].logsumexp(0) for alpha, pair in zip(self.alphas, pairs)]
        result = self.update(loss + self.latency_loss(probabilities, costs, chosen), self.alpha_optimizer)
        with torch.no_grad():
            # The pair keeps its sum of exponentials, so candidates not drawn keep their probability.
            for alpha, pair, mass in zip(self.alphas, pairs, before):
                alpha[pair] += mass - alpha[pair].logsumexp(0)
        return result

    def arch_full(self, path):
        probabilities = [alpha.softmax(0) for alpha in self.alphas]
        gates = [hard_gates(p, index) for p, index in zip(probabilities, path)]
        self.weights_need_gradients(False)
        loss = self.loss(lambda number, block, x: block.run_full(x, gates[number], path[number]))
        costs = [block.costs for block in self.net.choices]
        return self.update(loss + self.latency_loss(probabilities, costs, path), self.alpha_optimizer)

    def weights_need_gradients(self, needed):
        """Frozen in architecture steps: backward then computes the gradients of activations and gates only."""
        for weight in self.weights:
            weight.requires_grad_(needed)

    def loss(self, run_choice):
        return self.cross_entropy(self.net(self.images, run_choice), self.labels)

    def latency_loss(self, probabilities, costs, chosen):
        """0.1 (E - T) / T, E the expected latency. As in the authors' code, a block that ran Zero gets no gradient."""
        expected = 0
        for block, p, cost, index in zip(self.net.choices, probabilities, costs, chosen):
            expected = expected + ((p.detach() if block.is_zero(index) else p) * cost).sum()
        return 0.1 * (expected - self.latency_target) / self.latency_target

    def update(self, loss, optimizer):
        # A loss without gradient: every block ran Zero in an architecture step, so no parameter changes.
        if loss.requires_grad:
            loss.backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        return loss.item()
