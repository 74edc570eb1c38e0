using System.Runtime.CompilerServices;
using SandboxOperator.Controller.Isolation;
using SandboxOperator.Controller.Pools;
using SandboxOperator.Controller.Sessions;

namespace SandboxOperator.Controller.Hosting;

internal static class ControllerMetrics
{
    /// <summary>Makes every metric known before anything has happened, so that alerts see zeros and not gaps.</summary>
    public static void Register()
    {
        foreach (var type in new[] { typeof(IsolationMetrics), typeof(PoolMetrics), typeof(SessionMetrics) })
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }
    }
}
