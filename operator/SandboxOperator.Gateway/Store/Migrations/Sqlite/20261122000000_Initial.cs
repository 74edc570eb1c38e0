using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SandboxOperator.Gateway.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "Assistants",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Project = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: true),
                    Description = table.Column<string>(type: "TEXT", nullable: true),
                    Model = table.Column<string>(type: "TEXT", nullable: false),
                    Instructions = table.Column<string>(type: "TEXT", nullable: true),
                    Tools = table.Column<string>(type: "TEXT", nullable: false),
                    ToolResources = table.Column<string>(type: "TEXT", nullable: false),
                    Metadata = table.Column<string>(type: "TEXT", nullable: false),
                    Temperature = table.Column<double>(type: "REAL", nullable: true),
                    TopP = table.Column<double>(type: "REAL", nullable: true),
                    ResponseFormat = table.Column<string>(type: "TEXT", nullable: false),
                    ReasoningEffort = table.Column<string>(type: "TEXT", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Assistants", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "Calls",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Project = table.Column<string>(type: "TEXT", nullable: false),
                    ThreadId = table.Column<string>(type: "TEXT", nullable: false),
                    RunId = table.Column<string>(type: "TEXT", nullable: false),
                    StepId = table.Column<string>(type: "TEXT", nullable: false),
                    SessionOrdinal = table.Column<int>(type: "INTEGER", nullable: false),
                    Code = table.Column<string>(type: "TEXT", nullable: false),
                    Incarnation = table.Column<string>(type: "TEXT", nullable: false),
                    Epoch = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAtMs = table.Column<long>(type: "INTEGER", nullable: true),
                    Status = table.Column<string>(type: "TEXT", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Calls", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "Files",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Project = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAtMs = table.Column<long>(type: "INTEGER", nullable: true),
                    Filename = table.Column<string>(type: "TEXT", nullable: false),
                    Purpose = table.Column<string>(type: "TEXT", nullable: false),
                    Bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    Segments = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Files", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "Messages",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Project = table.Column<string>(type: "TEXT", nullable: false),
                    ThreadId = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Role = table.Column<string>(type: "TEXT", nullable: false),
                    Content = table.Column<string>(type: "TEXT", nullable: false),
                    Attachments = table.Column<string>(type: "TEXT", nullable: false),
                    Metadata = table.Column<string>(type: "TEXT", nullable: false),
                    AssistantId = table.Column<string>(type: "TEXT", nullable: true),
                    RunId = table.Column<string>(type: "TEXT", nullable: true),
                    Status = table.Column<string>(type: "TEXT", nullable: false),
                    IncompleteReason = table.Column<string>(type: "TEXT", nullable: true),
                    CompletedAtMs = table.Column<long>(type: "INTEGER", nullable: true),
                    IncompleteAtMs = table.Column<long>(type: "INTEGER", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Messages", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "RunSteps",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Project = table.Column<string>(type: "TEXT", nullable: false),
                    ThreadId = table.Column<string>(type: "TEXT", nullable: false),
                    RunId = table.Column<string>(type: "TEXT", nullable: false),
                    AssistantId = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Type = table.Column<string>(type: "TEXT", nullable: false),
                    Status = table.Column<string>(type: "TEXT", nullable: false),
                    CancelledAtMs = table.Column<long>(type: "INTEGER", nullable: true),
                    CompletedAtMs = table.Column<long>(type: "INTEGER", nullable: true),
                    ExpiredAtMs = table.Column<long>(type: "INTEGER", nullable: true),
                    FailedAtMs = table.Column<long>(type: "INTEGER", nullable: true),
                    LastErrorCode = table.Column<string>(type: "TEXT", nullable: true),
                    LastErrorMessage = table.Column<string>(type: "TEXT", nullable: true),
                    Details = table.Column<string>(type: "TEXT", nullable: false),
                    Usage = table.Column<string>(type: "TEXT", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RunSteps", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "Runs",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Project = table.Column<string>(type: "TEXT", nullable: false),
                    ThreadId = table.Column<string>(type: "TEXT", nullable: false),
                    AssistantId = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Status = table.Column<string>(type: "TEXT", nullable: false),
                    StartedAtMs = table.Column<long>(type: "INTEGER", nullable: true),
                    ExpiresAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    CancelledAtMs = table.Column<long>(type: "INTEGER", nullable: true),
                    FailedAtMs = table.Column<long>(type: "INTEGER", nullable: true),
                    CompletedAtMs = table.Column<long>(type: "INTEGER", nullable: true),
                    RequiredAction = table.Column<string>(type: "TEXT", nullable: true),
                    LastErrorCode = table.Column<string>(type: "TEXT", nullable: true),
                    LastErrorMessage = table.Column<string>(type: "TEXT", nullable: true),
                    IncompleteReason = table.Column<string>(type: "TEXT", nullable: true),
                    Model = table.Column<string>(type: "TEXT", nullable: false),
                    Instructions = table.Column<string>(type: "TEXT", nullable: true),
                    Tools = table.Column<string>(type: "TEXT", nullable: false),
                    ToolResources = table.Column<string>(type: "TEXT", nullable: false),
                    Metadata = table.Column<string>(type: "TEXT", nullable: false),
                    Temperature = table.Column<double>(type: "REAL", nullable: true),
                    TopP = table.Column<double>(type: "REAL", nullable: true),
                    ReasoningEffort = table.Column<string>(type: "TEXT", nullable: true),
                    MaxCompletionTokens = table.Column<int>(type: "INTEGER", nullable: true),
                    MaxPromptTokens = table.Column<int>(type: "INTEGER", nullable: true),
                    TruncationStrategy = table.Column<string>(type: "TEXT", nullable: false),
                    ResponseFormat = table.Column<string>(type: "TEXT", nullable: false),
                    ToolChoice = table.Column<string>(type: "TEXT", nullable: false),
                    ParallelToolCalls = table.Column<bool>(type: "INTEGER", nullable: true),
                    PromptTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    CompletionTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    CachedTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    ReasoningTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    AfterMessageSeq = table.Column<long>(type: "INTEGER", nullable: false),
                    CancelRequested = table.Column<bool>(type: "INTEGER", nullable: false),
                    LeaseOwner = table.Column<string>(type: "TEXT", nullable: true),
                    LeaseEpoch = table.Column<long>(type: "INTEGER", nullable: false),
                    LeaseExpiresAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Runs", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "Sessions",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    Project = table.Column<string>(type: "TEXT", nullable: false),
                    ThreadId = table.Column<string>(type: "TEXT", nullable: false),
                    Ordinal = table.Column<int>(type: "INTEGER", nullable: false),
                    StartedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    LastActivityAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAtMs = table.Column<long>(type: "INTEGER", nullable: true),
                    Launch = table.Column<string>(type: "TEXT", nullable: false),
                    Incarnation = table.Column<string>(type: "TEXT", nullable: true),
                    VolumeId = table.Column<string>(type: "TEXT", nullable: true),
                    PlacedFiles = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Sessions", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "ThreadFiles",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    ThreadId = table.Column<string>(type: "TEXT", nullable: false),
                    FileId = table.Column<string>(type: "TEXT", nullable: false),
                    Path = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ThreadFiles", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "Threads",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Project = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Metadata = table.Column<string>(type: "TEXT", nullable: false),
                    ToolResources = table.Column<string>(type: "TEXT", nullable: false),
                    SessionOrdinal = table.Column<int>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Threads", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "ToolResults",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    ThreadId = table.Column<string>(type: "TEXT", nullable: false),
                    RunId = table.Column<string>(type: "TEXT", nullable: false),
                    TurnSeq = table.Column<long>(type: "INTEGER", nullable: false),
                    ToolCallId = table.Column<string>(type: "TEXT", nullable: false),
                    Content = table.Column<string>(type: "TEXT", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ToolResults", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "Turns",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    ThreadId = table.Column<string>(type: "TEXT", nullable: false),
                    RunId = table.Column<string>(type: "TEXT", nullable: false),
                    Index = table.Column<int>(type: "INTEGER", nullable: false),
                    Message = table.Column<string>(type: "TEXT", nullable: false),
                    FinishReason = table.Column<string>(type: "TEXT", nullable: false),
                    Usage = table.Column<string>(type: "TEXT", nullable: false),
                    MessageId = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Turns", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "UploadParts",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    UploadId = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Blob = table.Column<string>(type: "TEXT", nullable: false),
                    Bytes = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_UploadParts", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "Uploads",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Project = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Filename = table.Column<string>(type: "TEXT", nullable: false),
                    Purpose = table.Column<string>(type: "TEXT", nullable: false),
                    MimeType = table.Column<string>(type: "TEXT", nullable: false),
                    Bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    FileExpiresAfterSeconds = table.Column<long>(type: "INTEGER", nullable: true),
                    Status = table.Column<string>(type: "TEXT", nullable: false),
                    FileId = table.Column<string>(type: "TEXT", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Uploads", x => x.Seq);
                }
            );

            migrationBuilder.CreateIndex(
                name: "IX_Assistants_Project_Id",
                table: "Assistants",
                columns: new[] { "Project", "Id" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "IX_Calls_Id", table: "Calls", column: "Id", unique: true);

            migrationBuilder.CreateIndex(name: "IX_Calls_RunId", table: "Calls", column: "RunId");

            migrationBuilder.CreateIndex(name: "IX_Files_Id", table: "Files", column: "Id", unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Files_Project_Seq",
                table: "Files",
                columns: new[] { "Project", "Seq" }
            );

            migrationBuilder.CreateIndex(name: "IX_Messages_Id", table: "Messages", column: "Id", unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Messages_ThreadId_Seq",
                table: "Messages",
                columns: new[] { "ThreadId", "Seq" }
            );

            migrationBuilder.CreateIndex(name: "IX_RunSteps_Id", table: "RunSteps", column: "Id", unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_RunSteps_RunId_Seq",
                table: "RunSteps",
                columns: new[] { "RunId", "Seq" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_Runs_Active",
                table: "Runs",
                column: "Status",
                filter: "Status IN ('queued','in_progress','requires_action','cancelling')"
            );

            migrationBuilder.CreateIndex(name: "IX_Runs_Id", table: "Runs", column: "Id", unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Runs_OneActiveAThread",
                table: "Runs",
                column: "ThreadId",
                unique: true,
                filter: "Status IN ('queued','in_progress','requires_action','cancelling')"
            );

            migrationBuilder.CreateIndex(
                name: "IX_Runs_ThreadId_Seq",
                table: "Runs",
                columns: new[] { "ThreadId", "Seq" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_ThreadId_Ordinal",
                table: "Sessions",
                columns: new[] { "ThreadId", "Ordinal" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_ThreadFiles_ThreadId_FileId",
                table: "ThreadFiles",
                columns: new[] { "ThreadId", "FileId" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "IX_Threads_Id", table: "Threads", column: "Id", unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ToolResults_ThreadId_Seq",
                table: "ToolResults",
                columns: new[] { "ThreadId", "Seq" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_ToolResults_TurnSeq_ToolCallId",
                table: "ToolResults",
                columns: new[] { "TurnSeq", "ToolCallId" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_Turns_RunId_Index",
                table: "Turns",
                columns: new[] { "RunId", "Index" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_Turns_ThreadId_Seq",
                table: "Turns",
                columns: new[] { "ThreadId", "Seq" }
            );

            migrationBuilder.CreateIndex(name: "IX_UploadParts_Id", table: "UploadParts", column: "Id", unique: true);

            migrationBuilder.CreateIndex(name: "IX_UploadParts_UploadId", table: "UploadParts", column: "UploadId");

            migrationBuilder.CreateIndex(name: "IX_Uploads_Id", table: "Uploads", column: "Id", unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "Assistants");

            migrationBuilder.DropTable(name: "Calls");

            migrationBuilder.DropTable(name: "Files");

            migrationBuilder.DropTable(name: "Messages");

            migrationBuilder.DropTable(name: "RunSteps");

            migrationBuilder.DropTable(name: "Runs");

            migrationBuilder.DropTable(name: "Sessions");

            migrationBuilder.DropTable(name: "ThreadFiles");

            migrationBuilder.DropTable(name: "Threads");

            migrationBuilder.DropTable(name: "ToolResults");

            migrationBuilder.DropTable(name: "Turns");

            migrationBuilder.DropTable(name: "UploadParts");

            migrationBuilder.DropTable(name: "Uploads");
        }
    }
}
