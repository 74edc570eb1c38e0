using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Blobs;

internal static class BlobServices
{
    public static IServiceCollection AddBlobs(this IServiceCollection services) =>
        services
            .AddSingleton<IBlobStore>(provider => new LocalBlobStore(
                Path.Combine(provider.GetRequiredService<DataDirectory>().Path, "blobs")
            ))
            .AddHostedService<BlobSweep>();
}
