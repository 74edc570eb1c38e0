using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Options;
using SandboxOperator.Gateway.Store.Sqlite;

namespace SandboxOperator.Gateway.Store;

internal static class StoreServices
{
    public static IServiceCollection AddStore(this IServiceCollection services) =>
        services
            .AddSingleton(provider =>
                DataDirectory.Open(provider.GetRequiredService<IOptions<DataOptions>>().Value.Directory)
            )
            .AddSingleton(provider => new SqliteStore(
                Path.Combine(provider.GetRequiredService<DataDirectory>().Path, "store.db"),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<SqliteStore>>(),
                [.. provider.GetServices<IInterceptor>()]
            ))
            .AddSingleton<IStore>(provider => provider.GetRequiredService<SqliteStore>())
            .AddHostedService<StoreLifetime>();
}
