using System.Diagnostics;

namespace SandboxOperator.Gateway.Tests.Hosting;

internal static class WaitFor
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    /// <summary>Waits until the condition holds; fails after a while.</summary>
    public static async Task TrueAsync(Func<bool> condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Stopwatch.GetElapsedTime(start).ShouldBeLessThan(Deadline);
            await Task.Delay(20);
        }
    }
}
