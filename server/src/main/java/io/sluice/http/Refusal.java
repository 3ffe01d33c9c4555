package io.sluice.http;

/** Leaves a parser with the problem that it found. Carries no stack: it is the peer's mistake, not ours. */
final class Refusal extends RuntimeException {
    private final transient Problem problem;

    Refusal(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    static Refusal bad(String detail) {
        return new Refusal(Problem.of(ClientError.BAD_REQUEST, detail));
    }

    Problem problem() {
        return problem;
    }
}
