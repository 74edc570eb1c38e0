using System.Runtime.CompilerServices;
using SandboxOperator.Gateway.Blobs;
using SandboxOperator.Gateway.Ledger;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Store.Sqlite;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.Telemetry;

internal static class GatewayMetrics
{
    /// <summary>Makes every metric known before anything has happened, so that alerts see zeros and not gaps.</summary>
    public static void Register()
    {
        Type[] types =
        [
            typeof(RunMetrics),
            typeof(ModelMetrics),
            typeof(StoreMetrics),
            typeof(BlobMetrics),
            typeof(LedgerMetrics),
            typeof(SessionCounts),
        ];
        foreach (var type in types)
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }
    }
}
