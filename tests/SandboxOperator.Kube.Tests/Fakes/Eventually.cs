using Shouldly;

namespace SandboxOperator.Kube.Tests.Fakes;

/// <summary>Waits for a condition, with a deadline that only a defect reaches.</summary>
internal static class Eventually
{
    public static async Task True(Func<bool> condition, string what, Action? meanwhile = null)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            deadline.IsCancellationRequested.ShouldBeFalse($"waited in vain: {what}");
            meanwhile?.Invoke();
            await Task.Delay(10);
        }
    }
}
