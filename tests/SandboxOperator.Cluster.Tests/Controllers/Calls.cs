using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Controllers;

/// <summary>Calls as a gateway makes them.</summary>
internal static class Calls
{
    /// <summary>Nothing may hang: far longer than any of these tests takes on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Opens a session's sandbox.</summary>
    public static Task<ISandbox> OpenSoonAsync(this ISandboxes sandboxes, SessionKey key) =>
        sandboxes.OpenAsync(key, CancellationToken.None).WaitAsync(Patience);

    /// <summary>Runs a call to its end.</summary>
    public static async Task CallAsync(this ISandbox sandbox)
    {
        using var patience = new CancellationTokenSource(Patience);
        var request = new CallRequest
        {
            Id = Guid.NewGuid().ToString("N"),
            Code = "1",
            Incarnation = sandbox.Incarnation,
            Epoch = 1,
        };
        CallEvent? last = null;
        await foreach (var next in sandbox.RunAsync(request, patience.Token))
        {
            last = next;
        }

        last.ShouldBeOfType<CallDone>();
    }

    /// <summary>
    /// One call in the session that a thread has, or in the next when that has ended: as a gateway does it.
    /// </summary>
    /// <returns>The session that the call ran in.</returns>
    public static async Task<SessionKey> CallAsync(this ISandboxes sandboxes, SessionKey key)
    {
        while (true)
        {
            try
            {
                await (await sandboxes.OpenSoonAsync(key)).CallAsync();
                return key;
            }
            catch (SessionEndedException)
            {
                key = key with { Ordinal = key.Ordinal + 1 };
            }
            catch (CallRefusedException)
            {
                // It was not run: open the sandbox that there is now.
            }
        }
    }
}
