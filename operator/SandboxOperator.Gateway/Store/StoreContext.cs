using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Store;

/// <summary>
/// The model of the store, the same for every database. Times are Unix milliseconds, JSON columns hold text,
/// <c>Seq</c> is the insertion order.
/// </summary>
internal abstract class StoreContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<AssistantEntity> Assistants => Set<AssistantEntity>();
    public DbSet<ThreadEntity> Threads => Set<ThreadEntity>();
    public DbSet<MessageEntity> Messages => Set<MessageEntity>();
    public DbSet<RunEntity> Runs => Set<RunEntity>();
    public DbSet<RunStepEntity> RunSteps => Set<RunStepEntity>();
    public DbSet<TurnEntity> Turns => Set<TurnEntity>();
    public DbSet<ToolResultEntity> ToolResults => Set<ToolResultEntity>();
    public DbSet<CallEntity> Calls => Set<CallEntity>();
    public DbSet<SessionEntity> Sessions => Set<SessionEntity>();
    public DbSet<ThreadFileEntity> ThreadFiles => Set<ThreadFileEntity>();
    public DbSet<FileEntity> Files => Set<FileEntity>();
    public DbSet<UploadEntity> Uploads => Set<UploadEntity>();
    public DbSet<UploadPartEntity> UploadParts => Set<UploadPartEntity>();
    public DbSet<SessionChargeEntity> SessionCharges => Set<SessionChargeEntity>();
    public DbSet<TokenUseEntity> TokenUses => Set<TokenUseEntity>();
    public DbSet<SessionBucketEntity> SessionBuckets => Set<SessionBucketEntity>();
    public DbSet<TokenBucketEntity> TokenBuckets => Set<TokenBucketEntity>();
    public DbSet<RollupEntity> Rollups => Set<RollupEntity>();

    /// <summary>The statuses in which a run locks its thread.</summary>
    internal const string ActiveRunFilter = "Status IN ('queued','in_progress','requires_action','cancelling')";

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        foreach (var entity in modelBuilder.Model.GetEntityTypes().Select(type => type.ClrType))
        {
            var type = modelBuilder.Entity(entity);
            type.HasKey("Seq");
            if (entity.GetProperty("Id") is not null)
            {
                type.Property("Id").IsRequired();
            }
        }

        modelBuilder.Entity<AssistantEntity>().HasIndex(row => new { row.Project, row.Id }).IsUnique();
        modelBuilder.Entity<AssistantEntity>().HasIndex(row => new { row.Project, row.Seq });
        modelBuilder.Entity<ThreadEntity>().HasIndex(row => row.Id).IsUnique();
        modelBuilder.Entity<ThreadEntity>().HasIndex(row => new { row.Project, row.Seq });
        modelBuilder.Entity<ThreadEntity>().Ignore(row => row.Session);
        modelBuilder.Entity<MessageEntity>().HasIndex(row => row.Id).IsUnique();
        modelBuilder.Entity<MessageEntity>().HasIndex(row => new { row.ThreadId, row.Seq });
        modelBuilder.Entity<RunEntity>().HasIndex(row => row.Id).IsUnique();
        modelBuilder.Entity<RunEntity>().HasIndex(row => new { row.ThreadId, row.Seq });
        modelBuilder
            .Entity<RunEntity>()
            .HasIndex(row => row.ThreadId, "IX_Runs_OneActiveAThread")
            .HasFilter(ActiveRunFilter)
            .IsUnique();
        modelBuilder.Entity<RunEntity>().HasIndex(row => row.Status, "IX_Runs_Active").HasFilter(ActiveRunFilter);
        RunLists(modelBuilder.Entity<RunEntity>());
        modelBuilder.Entity<RunStepEntity>().HasIndex(row => row.Id).IsUnique();
        modelBuilder.Entity<RunStepEntity>().HasIndex(row => new { row.RunId, row.Seq });
        modelBuilder.Entity<TurnEntity>().HasIndex(row => new { row.RunId, row.Index }).IsUnique();
        modelBuilder.Entity<TurnEntity>().HasIndex(row => new { row.ThreadId, row.Seq });
        modelBuilder.Entity<ToolResultEntity>().HasIndex(row => new { row.TurnSeq, row.ToolCallId }).IsUnique();
        modelBuilder.Entity<ToolResultEntity>().HasIndex(row => new { row.ThreadId, row.Seq });
        modelBuilder.Entity<CallEntity>().HasIndex(row => row.Id).IsUnique();
        modelBuilder.Entity<CallEntity>().HasIndex(row => row.RunId);
        modelBuilder.Entity<SessionEntity>().HasIndex(row => new { row.ThreadId, row.Ordinal }).IsUnique();
        modelBuilder.Entity<ThreadFileEntity>().HasIndex(row => new { row.ThreadId, row.FileId }).IsUnique();
        modelBuilder.Entity<FileEntity>().HasIndex(row => row.Id).IsUnique();
        modelBuilder.Entity<FileEntity>().HasIndex(row => new { row.Project, row.Seq });
        modelBuilder.Entity<UploadEntity>().HasIndex(row => row.Id).IsUnique();
        modelBuilder.Entity<UploadPartEntity>().HasIndex(row => row.Id).IsUnique();
        modelBuilder.Entity<UploadPartEntity>().HasIndex(row => row.UploadId);
        modelBuilder
            .Entity<SessionChargeEntity>()
            .HasIndex(row => new
            {
                row.ThreadId,
                row.Ordinal,
                row.Period,
                row.Revision,
            })
            .IsUnique();
        modelBuilder.Entity<TokenUseEntity>().HasIndex(row => new { row.RunId, row.Turn }).IsUnique();
        modelBuilder
            .Entity<SessionBucketEntity>()
            .HasIndex(row => new
            {
                row.WidthMs,
                row.StartMs,
                row.Project,
            })
            .IsUnique();
        modelBuilder
            .Entity<TokenBucketEntity>()
            .HasIndex(row => new
            {
                row.WidthMs,
                row.StartMs,
                row.Project,
                row.Model,
            })
            .IsUnique();
    }

    /// <summary>Each filter of the lists of runs finds them in the lists' order, in one project and in all.</summary>
    private static void RunLists(EntityTypeBuilder<RunEntity> runs)
    {
        runs.HasIndex(row => new { row.Project, row.Seq });
        runs.HasIndex(row => new { row.Status, row.Seq });
        runs.HasIndex(row => new
        {
            row.Project,
            row.Status,
            row.Seq,
        });
        runs.HasIndex(row => new { row.AssistantId, row.Seq });
        runs.HasIndex(row => new
        {
            row.Project,
            row.AssistantId,
            row.Seq,
        });
        runs.HasIndex(row => new { row.CreatedAtMs, row.Seq });
    }
}
