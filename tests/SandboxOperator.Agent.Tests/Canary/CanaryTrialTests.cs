using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Agent.Canary;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Canary;

public sealed class CanaryTrialTests
{
    // One letter an attempt, the last one for ever: r(eached), s(ilent), x (refused).
    [Theory]
    [InlineData("r", 0, "Open", 1)]
    [InlineData("r", 3, "Open", 31)]
    [InlineData("rrrss", 3, "Enforced", 5)]
    [InlineData("ss", 0, "Enforced", 2)]
    [InlineData("sr", 0, "Open", 2)]
    [InlineData("srsrss", 3, "Enforced", 6)]
    [InlineData("x", 0, "Unknown", 1)]
    [InlineData("x", 3, "Enforced", 31)]
    [InlineData("xxr", 3, "Open", 31)]
    public async Task What_the_attempts_say(string outcomes, int patienceSeconds, string verdict, int attempts)
    {
        var time = new FakeTimeProvider();
        var made = 0;
        var trial = new CanaryTrial(
            () => Outcome(outcomes[Math.Min(made++, outcomes.Length - 1)]),
            "10.96.0.1:443",
            time,
            span =>
            {
                time.Advance(span);
                return Task.CompletedTask;
            }
        );

        var report = await trial.RunAsync(TimeSpan.FromSeconds(patienceSeconds));

        report.NetworkPolicy.ShouldBe(verdict);
        report.Detail.ShouldContain("10.96.0.1:443");
        made.ShouldBe(attempts);
    }

    private static CanaryAttempt Outcome(char letter) =>
        letter switch
        {
            'r' => CanaryAttempt.Reached,
            's' => CanaryAttempt.Silent,
            _ => CanaryAttempt.Refused,
        };
}
