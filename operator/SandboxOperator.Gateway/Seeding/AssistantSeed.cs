using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SandboxOperator.Gateway.Assistants;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Http;
using SandboxOperator.Gateway.Models;
using SandboxOperator.Gateway.Options;
using SandboxOperator.Gateway.Store;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Seeding;

/// <summary>
/// Puts assistants into the store that applications know by their ids: one JSON file each, in the shape that the API
/// gave them. At every start a file makes its assistant what it says again.
/// </summary>
internal sealed partial class AssistantSeed(
    IStore store,
    IModelCatalog catalog,
    IOptions<SeedOptions> options,
    DataDirectory data,
    TimeProvider time,
    ILogger<AssistantSeed> logger
) : IHostedService
{
    private const int MaxId = 64;

    /// <exception cref="SeedException">A file cannot be used. None has been.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var seeds = Files().Select(Read).ToList();
        if (seeds.Count == 0)
        {
            return;
        }
        await store.WriteAsync(
            async (context, token) =>
            {
                foreach (var seed in seeds)
                {
                    await PutAsync(context, seed, token);
                }
                return await context.SaveChangesAsync(token);
            },
            cancellationToken
        );
        Log.Seeded(logger, seeds.Count);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<string> Files()
    {
        var directory = options.Value.Assistants;
        if (string.IsNullOrEmpty(directory))
        {
            directory = Path.Combine(data.Path, "assistants");
            if (!Directory.Exists(directory))
            {
                return [];
            }
        }
        return Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory, "*.json").Order(StringComparer.Ordinal)
            : throw new SeedException($"Seed:Assistants names the directory {directory}, which does not exist.");
    }

    private Seed Read(string path)
    {
        try
        {
            var reader = JsonBody.Parse(File.ReadAllText(path)).Root;
            var id = reader.RequiredString("id", MaxId);
            var createdAt = reader.Integer("created_at", minimum: 0);
            reader.Ignore("object");
            var change = AssistantChange.Read(reader, catalog);
            return new Seed(path, id, createdAt, change.Model ?? throw ApiErrors.Missing("model"), change);
        }
        catch (Exception error) when (error is ApiException or IOException or UnauthorizedAccessException)
        {
            throw new SeedException($"{path}: {error.Message}", error);
        }
    }

    private async Task PutAsync(StoreContext context, Seed seed, CancellationToken cancellationToken)
    {
        var project = options.Value.Project;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            await FileRows.RequireAsync(
                context,
                project,
                seed.Change.FileIds ?? [],
                ToolResourcesParameter.FileIdsPath,
                now,
                cancellationToken
            );
        }
        catch (ApiException error)
        {
            throw new SeedException($"{seed.Path}: {ToolResourcesParameter.FileIdsPath}: {error.Message}", error);
        }
        var old = await context.Assistants.FirstOrDefaultAsync(
            row => row.Project == project && row.Id == seed.Id,
            cancellationToken
        );
        var assistant = new AssistantEntity
        {
            Seq = old?.Seq ?? 0,
            Id = seed.Id,
            Project = project,
            Model = seed.Model,
            CreatedAtMs = seed.CreatedAtSeconds * 1000 ?? old?.CreatedAtMs ?? now,
        };
        seed.Change.Apply(assistant);
        if (old is null)
        {
            context.Assistants.Add(assistant);
        }
        else
        {
            context.Entry(old).CurrentValues.SetValues(assistant);
        }
    }

    private sealed record Seed(string Path, string Id, long? CreatedAtSeconds, string Model, AssistantChange Change);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Assistants} assistants were seeded.")]
        public static partial void Seeded(ILogger logger, int assistants);
    }
}
