using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SandboxOperator.Gateway.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Ledger : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(name: "PaidPeriod", table: "Sessions", type: "INTEGER", nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "SessionNanos",
                table: "Runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L
            );

            migrationBuilder.AddColumn<long>(name: "TokenNanos", table: "Runs", type: "INTEGER", nullable: true);

            migrationBuilder.CreateTable(
                name: "Rollups",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    SessionChargeSeq = table.Column<long>(type: "INTEGER", nullable: false),
                    TokenUseSeq = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Rollups", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "SessionBuckets",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    WidthMs = table.Column<long>(type: "INTEGER", nullable: false),
                    StartMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Project = table.Column<string>(type: "TEXT", nullable: false),
                    Sessions = table.Column<long>(type: "INTEGER", nullable: false),
                    Charges = table.Column<long>(type: "INTEGER", nullable: false),
                    Nanos = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SessionBuckets", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "SessionCharges",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    Project = table.Column<string>(type: "TEXT", nullable: false),
                    ThreadId = table.Column<string>(type: "TEXT", nullable: false),
                    Ordinal = table.Column<int>(type: "INTEGER", nullable: false),
                    Period = table.Column<int>(type: "INTEGER", nullable: false),
                    Revision = table.Column<int>(type: "INTEGER", nullable: false),
                    RunId = table.Column<string>(type: "TEXT", nullable: false),
                    CallId = table.Column<string>(type: "TEXT", nullable: false),
                    AtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Sessions = table.Column<int>(type: "INTEGER", nullable: false),
                    Nanos = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SessionCharges", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "TokenBuckets",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    WidthMs = table.Column<long>(type: "INTEGER", nullable: false),
                    StartMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Project = table.Column<string>(type: "TEXT", nullable: false),
                    Model = table.Column<string>(type: "TEXT", nullable: false),
                    Requests = table.Column<long>(type: "INTEGER", nullable: false),
                    Unpriced = table.Column<long>(type: "INTEGER", nullable: false),
                    Input = table.Column<long>(type: "INTEGER", nullable: false),
                    CachedInput = table.Column<long>(type: "INTEGER", nullable: false),
                    Output = table.Column<long>(type: "INTEGER", nullable: false),
                    InputNanos = table.Column<long>(type: "INTEGER", nullable: false),
                    CachedInputNanos = table.Column<long>(type: "INTEGER", nullable: false),
                    OutputNanos = table.Column<long>(type: "INTEGER", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_TokenBuckets", x => x.Seq);
                }
            );

            migrationBuilder.CreateTable(
                name: "TokenUses",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false).Annotation("Sqlite:Autoincrement", true),
                    Project = table.Column<string>(type: "TEXT", nullable: false),
                    RunId = table.Column<string>(type: "TEXT", nullable: false),
                    Turn = table.Column<int>(type: "INTEGER", nullable: false),
                    Model = table.Column<string>(type: "TEXT", nullable: false),
                    AtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Input = table.Column<long>(type: "INTEGER", nullable: false),
                    CachedInput = table.Column<long>(type: "INTEGER", nullable: false),
                    Output = table.Column<long>(type: "INTEGER", nullable: false),
                    Estimated = table.Column<bool>(type: "INTEGER", nullable: false),
                    InputNanos = table.Column<long>(type: "INTEGER", nullable: true),
                    CachedInputNanos = table.Column<long>(type: "INTEGER", nullable: true),
                    OutputNanos = table.Column<long>(type: "INTEGER", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_TokenUses", x => x.Seq);
                }
            );

            migrationBuilder.CreateIndex(
                name: "IX_SessionBuckets_WidthMs_StartMs_Project",
                table: "SessionBuckets",
                columns: new[] { "WidthMs", "StartMs", "Project" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_SessionCharges_ThreadId_Ordinal_Period_Revision",
                table: "SessionCharges",
                columns: new[] { "ThreadId", "Ordinal", "Period", "Revision" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_TokenBuckets_WidthMs_StartMs_Project_Model",
                table: "TokenBuckets",
                columns: new[] { "WidthMs", "StartMs", "Project", "Model" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_TokenUses_RunId_Turn",
                table: "TokenUses",
                columns: new[] { "RunId", "Turn" },
                unique: true
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "Rollups");

            migrationBuilder.DropTable(name: "SessionBuckets");

            migrationBuilder.DropTable(name: "SessionCharges");

            migrationBuilder.DropTable(name: "TokenBuckets");

            migrationBuilder.DropTable(name: "TokenUses");

            migrationBuilder.DropColumn(name: "PaidPeriod", table: "Sessions");

            migrationBuilder.DropColumn(name: "SessionNanos", table: "Runs");

            migrationBuilder.DropColumn(name: "TokenNanos", table: "Runs");
        }
    }
}
