using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Store;
using FileOptions = SandboxOperator.Gateway.Options.FileOptions;

namespace SandboxOperator.Gateway.Blobs;

internal static class BlobServices
{
    public static IServiceCollection AddBlobs(this IServiceCollection services) =>
        services
            .AddSingleton(provider => new FreeSpace(
                provider.GetRequiredService<DataDirectory>().Path,
                provider.GetRequiredService<IOptions<FileOptions>>()
            ))
            .AddSingleton<IBlobStore>(provider => new LocalBlobStore(
                Path.Combine(provider.GetRequiredService<DataDirectory>().Path, "blobs"),
                provider.GetRequiredService<FreeSpace>()
            ))
            .AddHostedService<BlobSweep>();
}
