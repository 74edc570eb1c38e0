namespace SandboxOperator.Gateway.Tests.RunLoop;

/// <summary>Waits for conditions, with a deadline.</summary>
internal static class Wait
{
    public static async Task UntilAsync(Func<bool> condition)
    {
        for (var deadline = Environment.TickCount64 + 180_000; !condition(); )
        {
            if (Environment.TickCount64 > deadline)
            {
                throw new TimeoutException("The condition has not come true.");
            }
            await Task.Delay(10);
        }
    }
}
