<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AccessDialog</name>
    <message>
        <source>Who looked at this record</source>
        <translation>谁查看过此记录</translation>
    </message>
    <message>
        <source>Access log</source>
        <translation>访问日志</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>另存为 CSV…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Operator</source>
        <translation>操作人</translation>
    </message>
    <message>
        <source>Event</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Day (UTC+8)</source>
        <translation>日期（UTC+8）</translation>
    </message>
    <message>
        <source>Save as CSV</source>
        <translation>另存为 CSV</translation>
    </message>
</context>
<context>
    <name>AnswerView</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Raw answer</source>
        <translation>原始应答</translation>
    </message>
    <message>
        <source>Search names and values</source>
        <translation>搜索名称与值</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Copy value</source>
        <translation>复制值</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>Reading the answer…</source>
        <translation>正在读取应答…</translation>
    </message>
    <message>
        <source>No answer was kept.</source>
        <translation>没有保存任何应答。</translation>
    </message>
</context>
<context>
    <name>CanvasLine</name>
    <message>
        <source>Adjusted</source>
        <translation>已调整</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适合窗口</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Turn the view</source>
        <translation>旋转视图</translation>
    </message>
    <message>
        <source>More ways to look at it</source>
        <translation>更多查看方式</translation>
    </message>
    <message>
        <source>Pixel for pixel</source>
        <translation>原始像素</translation>
    </message>
    <message>
        <source>Mirror the view</source>
        <translation>镜像画面</translation>
    </message>
    <message>
        <source>Brightness, contrast, gamma</source>
        <translation>亮度、对比度、伽马</translation>
    </message>
    <message>
        <source>other picture: {0}</source>
        <translation>另一张图：{0}</translation>
    </message>
    <message>
        <source>two pictures mixed</source>
        <translation>两张图叠加</translation>
    </message>
    <message>
        <source>Adjusted: {0}. Show as it is in the file.</source>
        <translation>已调整：{0}。恢复为文件中的样子。</translation>
    </message>
    <message>
        <source>Not shown as it is in the file: {0}.
Click to show it as it is in the file.</source>
        <translation>显示与文件不同：{0}。
点击恢复为文件中的样子。</translation>
    </message>
    <message>
        <source>turned by {0}°</source>
        <translation>旋转 {0}°</translation>
    </message>
    <message>
        <source>mirrored</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>brightness {0}</source>
        <translation>亮度 {0}</translation>
    </message>
    <message>
        <source>contrast {0}</source>
        <translation>对比度 {0}</translation>
    </message>
    <message>
        <source>gamma {0}</source>
        <translation>伽马 {0}</translation>
    </message>
</context>
<context>
    <name>CheckDialog</name>
    <message>
        <source>What verifying came to</source>
        <translation>核验结果</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Last time</source>
        <translation>上次</translation>
    </message>
    <message>
        <source>This time</source>
        <translation>本次</translation>
    </message>
    <message>
        <source>What was wrong</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Folders that changed or do not hold</source>
        <translation>与上次不同或未通过的文件夹</translation>
    </message>
</context>
<context>
    <name>CheckLine</name>
    <message>
        <source>Hold verifying</source>
        <translation>暂停核验</translation>
    </message>
    <message>
        <source>Give up verifying</source>
        <translation>放弃核验</translation>
    </message>
    <message>
        <source>Progress of verifying</source>
        <translation>核验进度</translation>
    </message>
    <message>
        <source>Go on verifying</source>
        <translation>继续核验</translation>
    </message>
</context>
<context>
    <name>ClipView</name>
    <message>
        <source>Timeline</source>
        <translation>时间轴</translation>
    </message>
    <message>
        <source>Recording: {0}</source>
        <translation>录像：{0}</translation>
    </message>
</context>
<context>
    <name>ClipWords</name>
    <message>
        <source>Recognised answers</source>
        <translation>识别的回答</translation>
    </message>
</context>
<context>
    <name>CompareBar</name>
    <message>
        <source>Side by side</source>
        <translation>并排</translation>
    </message>
    <message>
        <source>Swipe: a divider between frame and photo</source>
        <translation>划动：用分隔线对比视频帧与照片</translation>
    </message>
    <message>
        <source>Blink: frame and photo in turn</source>
        <translation>交替：轮流显示视频帧与照片</translation>
    </message>
    <message>
        <source>Overlay: the photo shines through</source>
        <translation>叠加：照片半透明覆盖</translation>
    </message>
    <message>
        <source>Zoom and move both together</source>
        <translation>同步缩放与移动</translation>
    </message>
    <message>
        <source>Divider</source>
        <translation>分隔线</translation>
    </message>
    <message>
        <source>How much of the photo is seen</source>
        <translation>照片的不透明度</translation>
    </message>
    <message>
        <source>To compare, pin a frame (P) or choose a reference picture.</source>
        <translation>要进行比对，请钉住一帧（P）或选择参考图片。</translation>
    </message>
</context>
<context>
    <name>Comparison</name>
    <message>
        <source>left: {0} · right: {1}</source>
        <translation>左：{0} · 右：{1}</translation>
    </message>
    <message>
        <source>{0} % of: {1} · over: {2}</source>
        <translation>{0} % 为：{1} · 叠在：{2}</translation>
    </message>
</context>
<context>
    <name>ConnectionStep</name>
    <message>
        <source>Test the connection</source>
        <translation>测试连接</translation>
    </message>
    <message>
        <source>Test connection</source>
        <translation>测试连接</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Asking the service…</source>
        <translation>正在询问服务方…</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>已停止。</translation>
    </message>
</context>
<context>
    <name>CustodyPanel</name>
    <message>
        <source>Who looked at this record…</source>
        <translation>谁查看过此记录…</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Seal</source>
        <translation>封存</translation>
    </message>
    <message>
        <source>seal digest</source>
        <translation>封存摘要</translation>
    </message>
    <message>
        <source>signer</source>
        <translation>签名证书</translation>
    </message>
    <message>
        <source>custody head</source>
        <translation>保管链头</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>look-up to seal</source>
        <translation>查询至封存</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
</context>
<context>
    <name>DepartureForm</name>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>DeskKeys</name>
    <message>
        <source>Space</source>
        <translation>空格</translation>
    </message>
    <message>
        <source>Play, or hold</source>
        <translation>播放或暂停</translation>
    </message>
    <message>
        <source>Hold; held down, J and L step; on a clip that stands: play</source>
        <translation>暂停；按住时 J、L 逐帧；片段停止时播放</translation>
    </message>
    <message>
        <source>Backwards, forwards; again: faster, with Shift: slower</source>
        <translation>倒放、正放；再按加速，按 Shift 减速</translation>
    </message>
    <message>
        <source>First and last frame of a part; with Shift: go there</source>
        <translation>区段首帧与末帧；按 Shift 跳到该处</translation>
    </message>
    <message>
        <source>Take the marks of the part away</source>
        <translation>清除区段标记</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>循环</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>后退一帧</translation>
    </message>
    <message>
        <source>One frame forward</source>
        <translation>前进一帧</translation>
    </message>
    <message>
        <source>First frame</source>
        <translation>首帧</translation>
    </message>
    <message>
        <source>Last frame</source>
        <translation>末帧</translation>
    </message>
    <message>
        <source>Pin this frame for comparison</source>
        <translation>钉住此帧用于比对</translation>
    </message>
    <message>
        <source>Larger, smaller</source>
        <translation>放大、缩小</translation>
    </message>
    <message>
        <source>Fit; pixel for pixel</source>
        <translation>适合窗口；原始像素</translation>
    </message>
    <message>
        <source>Shift and arrows</source>
        <translation>Shift+方向键</translation>
    </message>
    <message>
        <source>Move the picture</source>
        <translation>移动画面</translation>
    </message>
    <message>
        <source>Turn the view</source>
        <translation>旋转视图</translation>
    </message>
    <message>
        <source>Mirror the view</source>
        <translation>镜像画面</translation>
    </message>
    <message>
        <source>Brightness, contrast, gamma of the view</source>
        <translation>显示的亮度、对比度与伽马</translation>
    </message>
    <message>
        <source>The video on the whole screen, and back</source>
        <translation>视频全屏显示，再按返回</translation>
    </message>
    <message>
        <source>Leave the whole screen</source>
        <translation>退出全屏显示</translation>
    </message>
    <message>
        <source>Side by side, swipe, blink, overlay</source>
        <translation>并排、滑动、闪烁、叠加</translation>
    </message>
    <message>
        <source>Move the divider, or change the opacity</source>
        <translation>移动分界线或调整透明度</translation>
    </message>
    <message>
        <source>Link the two views</source>
        <translation>联动两个视图</translation>
    </message>
    <message>
        <source>Mark this frame</source>
        <translation>标记此帧</translation>
    </message>
    <message>
        <source>Write a note</source>
        <translation>写备注</translation>
    </message>
    <message>
        <source>Snapshot of this frame</source>
        <translation>为此帧截图</translation>
    </message>
    <message>
        <source>This sheet</source>
        <translation>本键位表</translation>
    </message>
</context>
<context>
    <name>DetailsPanel</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Show personal data (logged)</source>
        <translation>显示个人信息（会记录）</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>rule</source>
        <translation>规则出处</translation>
    </message>
    <message>
        <source>looked up</source>
        <translation>查询时间</translation>
    </message>
    <message>
        <source>clock</source>
        <translation>时钟</translation>
    </message>
    <message>
        <source>meaning</source>
        <translation>含义</translation>
    </message>
    <message>
        <source>case</source>
        <translation>案件编号</translation>
    </message>
    <message>
        <source>purpose</source>
        <translation>目的</translation>
    </message>
    <message>
        <source>server</source>
        <translation>服务器</translation>
    </message>
</context>
<context>
    <name>DiscardDialog</name>
    <message>
        <source>Discard</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
</context>
<context>
    <name>DropTarget</name>
    <message>
        <source>Open here; it stays where it lies</source>
        <translation>在此打开；原文件保持原位</translation>
    </message>
</context>
<context>
    <name>ExpiredDialog</name>
    <message>
        <source>Unsaved captures past their date</source>
        <translation>已过保留期的未保存采集</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>正在查找…</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Mark all</source>
        <translation>全部勾选</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Remove for good</source>
        <translation>永久移除</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>移交导出</translation>
    </message>
    <message>
        <source>stands in the custody log</source>
        <translation>会写入保管链</translation>
    </message>
    <message>
        <source>Show personal data on the reading page (logged)</source>
        <translation>在阅读页显示个人信息（会留痕）</translation>
    </message>
    <message>
        <source>Pack it although the check failed; page and logs say so</source>
        <translation>核验未通过也打包；阅读页与日志会注明</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>包文件</translation>
    </message>
    <message>
        <source>Recipient</source>
        <translation>接收方</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Where the package goes</source>
        <translation>包文件存放位置</translation>
    </message>
    <message>
        <source>stands in the access log</source>
        <translation>写入访问日志</translation>
    </message>
    <message>
        <source>Packing…</source>
        <translation>正在打包…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
</context>
<context>
    <name>FilterChips</name>
    <message>
        <source>Take away: %1</source>
        <translation>移除：%1</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
</context>
<context>
    <name>FilterPanel</name>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Last check</source>
        <translation>最近核验</translation>
    </message>
    <message>
        <source>Deadline</source>
        <translation>期限</translation>
    </message>
    <message>
        <source>Case</source>
        <translation>案件编号</translation>
    </message>
    <message>
        <source>Operator</source>
        <translation>操作人</translation>
    </message>
    <message>
        <source>Risk tag</source>
        <translation>风险标签</translation>
    </message>
    <message>
        <source>From day</source>
        <translation>起始日</translation>
    </message>
    <message>
        <source>To day</source>
        <translation>截止日</translation>
    </message>
    <message>
        <source>Day of the capture (UTC), written like 2026-03-31</source>
        <translation>取得日期（UTC），写法如 2026-03-31</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>A day is written like 2026-03-31.</source>
        <translation>日期的写法如 2026-03-31。</translation>
    </message>
</context>
<context>
    <name>FiltersDialog</name>
    <message>
        <source>Kept filters</source>
        <translation>已保存的筛选</translation>
    </message>
    <message>
        <source>New name</source>
        <translation>新名称</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>Findings</name>
    <message>
        <source>Findings</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Raw answer</source>
        <translation>原始应答</translation>
    </message>
    <message>
        <source>Custody</source>
        <translation>保管链</translation>
    </message>
    <message>
        <source>Personal data</source>
        <translation>个人信息</translation>
    </message>
    <message>
        <source>The raw answer holds names and numbers as they were received.</source>
        <translation>原始应答中的姓名与号码未经遮盖。</translation>
    </message>
    <message>
        <source>Show personal data (logged)</source>
        <translation>显示个人信息（会记录）</translation>
    </message>
</context>
<context>
    <name>FormDialog</name>
    <message>
        <source>Still missing: {name}</source>
        <translation>还需填写：{name}</translation>
    </message>
</context>
<context>
    <name>GuidePage</name>
    <message>
        <source>Getting started</source>
        <translation>入门向导</translation>
    </message>
    <message>
        <source>Close the guide; the menu opens it again</source>
        <translation>关闭向导；可从菜单再次打开</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>服务</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Evidence place</source>
        <translation>存放位置</translation>
    </message>
    <message>
        <source>Service keys</source>
        <translation>服务密钥</translation>
    </message>
    <message>
        <source>Workstation key</source>
        <translation>工作站密钥</translation>
    </message>
    <message>
        <source>Enrolment sheet</source>
        <translation>登记表</translation>
    </message>
    <message>
        <source>What comes next</source>
        <translation>接下来</translation>
    </message>
    <message>
        <source>done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>to do</source>
        <translation>待办</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>已跳过</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Previous step</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Skip this step</source>
        <translation>跳过此步</translation>
    </message>
    <message>
        <source>Next step</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>完成</translation>
    </message>
</context>
<context>
    <name>HandOver</name>
    <message>
        <source>Export…</source>
        <translation>移交导出…</translation>
    </message>
    <message>
        <source>Delete evidence…</source>
        <translation>删除证据…</translation>
    </message>
</context>
<context>
    <name>HealthLine</name>
    <message>
        <source>All facts about this recording, and the kind of every frame</source>
        <translation>该录像的全部信息及各帧类型</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>录像</translation>
    </message>
</context>
<context>
    <name>HelpActions</name>
    <message>
        <source>Help…</source>
        <translation>帮助…</translation>
    </message>
    <message>
        <source>Keys…</source>
        <translation>键位…</translation>
    </message>
    <message>
        <source>What is stored where…</source>
        <translation>各处存放了什么…</translation>
    </message>
    <message>
        <source>Check evidence without this program…</source>
        <translation>不用本程序核对存证…</translation>
    </message>
    <message>
        <source>Licences…</source>
        <translation>许可证…</translation>
    </message>
    <message>
        <source>Check evidence without this program</source>
        <translation>不用本程序核对存证</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>许可证</translation>
    </message>
</context>
<context>
    <name>HelpDialog</name>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>检查结果</translation>
    </message>
    <message>
        <source>Open the log folder</source>
        <translation>打开日志目录</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>重新检查</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>复制为文本</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>Import a saved answer</source>
        <translation>导入已保存的应答</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>服务</translation>
    </message>
    <message>
        <source>if the answer does not hold it</source>
        <translation>应答中没有时填写</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
</context>
<context>
    <name>ImportKeyDialog</name>
    <message>
        <source>Import the organisation&apos;s key</source>
        <translation>导入机构密钥</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
</context>
<context>
    <name>JumpField</name>
    <message>
        <source>Frame number or time</source>
        <translation>帧号或时间</translation>
    </message>
</context>
<context>
    <name>KeepDialog</name>
    <message>
        <source>Keep a copy in the library</source>
        <translation>在证据库中保留副本</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Keep a copy</source>
        <translation>保留副本</translation>
    </message>
    <message>
        <source>Where evidence goes</source>
        <translation>证据的存放位置</translation>
    </message>
</context>
<context>
    <name>KeepFilterDialog</name>
    <message>
        <source>Keep this filter</source>
        <translation>保存此筛选</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Narrows to</source>
        <translation>筛选条件</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>A filter of this name is kept already; it will be replaced.</source>
        <translation>已有同名筛选，将被替换。</translation>
    </message>
</context>
<context>
    <name>KeyLine</name>
    <message>
        <source>At work</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
</context>
<context>
    <name>KeyMaker</name>
    <message>
        <source>Make the key</source>
        <translation>生成密钥</translation>
    </message>
    <message>
        <source>Making the key…</source>
        <translation>正在生成密钥…</translation>
    </message>
</context>
<context>
    <name>KeySheet</name>
    <message>
        <source>Keyboard</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Playing</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>逐帧</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Comparing</source>
        <translation>比对</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>The keys rest while you type. They act once a record is open.</source>
        <translation>输入文字时键位不起作用。打开记录后生效。</translation>
    </message>
</context>
<context>
    <name>KeyStep</name>
    <message>
        <source>Make the workstation key</source>
        <translation>生成工作站密钥</translation>
    </message>
</context>
<context>
    <name>KeysSection</name>
    <message>
        <source>Signing key</source>
        <translation>签名密钥</translation>
    </message>
    <message>
        <source>Export the certificate…</source>
        <translation>导出证书…</translation>
    </message>
    <message>
        <source>Replace the key…</source>
        <translation>更换密钥…</translation>
    </message>
    <message>
        <source>Import the organisation&apos;s key…</source>
        <translation>导入机构密钥…</translation>
    </message>
    <message>
        <source>Sign with the organisation&apos;s key</source>
        <translation>改用机构密钥签名</translation>
    </message>
    <message>
        <source>Sign with the workstation key</source>
        <translation>改用工作站密钥签名</translation>
    </message>
    <message>
        <source>Export the certificate</source>
        <translation>导出证书</translation>
    </message>
    <message>
        <source>Import the organisation&apos;s key</source>
        <translation>导入机构密钥</translation>
    </message>
    <message>
        <source>Key files</source>
        <translation>密钥文件</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
</context>
<context>
    <name>KeysStep</name>
    <message>
        <source>Paste the keys</source>
        <translation>粘贴密钥</translation>
    </message>
</context>
<context>
    <name>LastPage</name>
    <message>
        <source>What comes next</source>
        <translation>接下来</translation>
    </message>
    <message>
        <source>Paste an id</source>
        <translation>粘贴编号</translation>
    </message>
</context>
<context>
    <name>LevelsRow</name>
    <message>
        <source>Brightness</source>
        <translation>亮度</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>对比度</translation>
    </message>
    <message>
        <source>Gamma</source>
        <translation>伽马</translation>
    </message>
</context>
<context>
    <name>LibraryPane</name>
    <message>
        <source>Sealed and unsaved records. The arrow keys go through them, Enter opens one.</source>
        <translation>已封存与未保存的记录。用方向键移动，按回车键打开。</translation>
    </message>
    <message>
        <source>Search…</source>
        <translation>搜索…</translation>
    </message>
    <message>
        <source>Search the library</source>
        <translation>搜索证据库</translation>
    </message>
    <message>
        <source>More filters</source>
        <translation>更多筛选</translation>
    </message>
    <message>
        <source>Library menu</source>
        <translation>证据库菜单</translation>
    </message>
    <message>
        <source>Reading the library…</source>
        <translation>正在读取证据库…</translation>
    </message>
    <message>
        <source>What it holds appears here in a moment.</source>
        <translation>内容稍后显示。</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>证据库</translation>
    </message>
</context>
<context>
    <name>LibraryPart</name>
    <message>
        <source>More filters (some are set)</source>
        <translation>更多筛选（已设置）</translation>
    </message>
    <message>
        <source>More filters</source>
        <translation>更多筛选</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>证据库</translation>
    </message>
    <message>
        <source>Group by case</source>
        <translation>按案件编号分组</translation>
    </message>
    <message>
        <source>Kept filters</source>
        <translation>已保存的筛选</translation>
    </message>
    <message>
        <source>Library over the whole window</source>
        <translation>证据库占满窗口</translation>
    </message>
    <message>
        <source>Verify everything</source>
        <translation>全部核验</translation>
    </message>
    <message>
        <source>What verifying came to…</source>
        <translation>核验结果…</translation>
    </message>
    <message>
        <source>Evidence places…</source>
        <translation>证据存放位置…</translation>
    </message>
    <message>
        <source>Read the library again</source>
        <translation>重新读取证据库</translation>
    </message>
    <message>
        <source>Keep this filter…</source>
        <translation>保存此筛选…</translation>
    </message>
    <message>
        <source>Rename or delete…</source>
        <translation>重命名或删除…</translation>
    </message>
    <message>
        <source>Go on verifying</source>
        <translation>继续核验</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Add a place…</source>
        <translation>添加位置…</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>No record matches. Clear the search or the filter.</source>
        <translation>没有符合条件的记录。请清除搜索或筛选。</translation>
    </message>
    <message>
        <source>Reading the library…</source>
        <translation>正在读取证据库…</translation>
    </message>
    <message>
        <source>What it holds appears here in a moment.</source>
        <translation>内容稍后显示。</translation>
    </message>
    <message>
        <source>Nothing here yet</source>
        <translation>暂无记录</translation>
    </message>
    <message>
        <source>Records you look up appear here. No place for evidence is chosen yet: it is asked when you save the first record. Is there evidence already? Add its place.</source>
        <translation>查询到的记录会显示在这里。尚未选择证据存放位置：保存第一条记录时会询问。如已有证据，请添加其位置。</translation>
    </message>
    <message>
        <source>Records you look up appear here; unsaved ones stay on top until you save them.</source>
        <translation>查询到的记录会显示在这里；未保存的记录始终排在最前，直到保存为止。</translation>
    </message>
</context>
<context>
    <name>LibraryStrip</name>
    <message>
        <source>Progress of the index</source>
        <translation>索引进度</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop reading the library</source>
        <translation>停止读取证据库</translation>
    </message>
    <message>
        <source>Places…</source>
        <translation>位置…</translation>
    </message>
</context>
<context>
    <name>LookSection</name>
    <message>
        <source>Language and appearance</source>
        <translation>语言与外观</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>高对比度</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
</context>
<context>
    <name>LookupBar</name>
    <message>
        <source>Profiles and menu</source>
        <translation>配置与菜单</translation>
    </message>
    <message>
        <source>Paste a FlowId, SignId or order number</source>
        <translation>粘贴合同流程 FlowId、SignId 或核身订单号</translation>
    </message>
    <message>
        <source>Id to look up</source>
        <translation>要查询的编号</translation>
    </message>
    <message>
        <source>Look up</source>
        <translation>查询</translation>
    </message>
    <message>
        <source>Rescue</source>
        <translation>抢救存证</translation>
    </message>
    <message>
        <source>Look up and seal at once, without viewing: the provider&apos;s clock runs</source>
        <translation>不先查看，直接查询并封存：服务方保留时间正在流逝</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>配置</translation>
    </message>
    <message>
        <source>Signer</source>
        <translation>签署方</translation>
    </message>
    <message>
        <source>SignId</source>
        <translation>SignId</translation>
    </message>
    <message>
        <source>Add a profile…</source>
        <translation>添加配置…</translation>
    </message>
    <message>
        <source>Signer: the only one</source>
        <translation>签署方：仅此一方</translation>
    </message>
    <message>
        <source>Ask for the signers…</source>
        <translation>查询签署方…</translation>
    </message>
    <message>
        <source>Enter a SignId…</source>
        <translation>输入 SignId…</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在开始…</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Findings</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Scores, risk tags, questions and details of the record you open appear here.</source>
        <translation>打开记录后，这里显示得分、风险标签、问答与详情。</translation>
    </message>
    <message>
        <source>Profiles…</source>
        <translation>配置…</translation>
    </message>
    <message>
        <source>Save evidence…</source>
        <translation>保存存证…</translation>
    </message>
    <message>
        <source>Import a saved answer…</source>
        <translation>导入已保存的应答…</translation>
    </message>
    <message>
        <source>Rescue a list…</source>
        <translation>按清单抢救…</translation>
    </message>
    <message>
        <source>Show the request…</source>
        <translation>查看请求内容…</translation>
    </message>
    <message>
        <source>Read the library again</source>
        <translation>重新读取证据库</translation>
    </message>
    <message>
        <source>Go to a frame or time…</source>
        <translation>转到某帧或某时间…</translation>
    </message>
    <message>
        <source>Records of the demo</source>
        <translation>演示记录</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Keyboard…</source>
        <translation>键盘快捷键…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Go to the field for ids</source>
        <translation>转到编号输入框</translation>
    </message>
    <message>
        <source>Open the menu</source>
        <translation>打开菜单</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>请求内容</translation>
    </message>
    <message>
        <source>Demo, not evidence</source>
        <translation>演示，非证据</translation>
    </message>
</context>
<context>
    <name>NetworkSection</name>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Certificate authorities</source>
        <translation>证书颁发机构</translation>
    </message>
    <message>
        <source>Largest answer</source>
        <translation>应答上限</translation>
    </message>
</context>
<context>
    <name>NoteComposer</name>
    <message>
        <source>About the whole record instead</source>
        <translation>改为针对整条记录</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Write what you saw…</source>
        <translation>写下您看到的内容…</translation>
    </message>
    <message>
        <source>Mark this frame</source>
        <translation>标记此帧</translation>
    </message>
    <message>
        <source>Snapshot of this frame</source>
        <translation>为此帧截图</translation>
    </message>
    <message>
        <source>Sign and keep</source>
        <translation>签名并保存</translation>
    </message>
    <message>
        <source>Signing…</source>
        <translation>正在签名…</translation>
    </message>
</context>
<context>
    <name>NotesPart</name>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Mark this frame</source>
        <translation>标记此帧</translation>
    </message>
    <message>
        <source>Snapshot of this frame</source>
        <translation>为此帧截图</translation>
    </message>
</context>
<context>
    <name>NotesView</name>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Show earlier ones</source>
        <translation>显示更早的</translation>
    </message>
    <message>
        <source>Snapshots</source>
        <translation>截图</translation>
    </message>
    <message>
        <source>Go to the frame</source>
        <translation>转到该帧</translation>
    </message>
    <message>
        <source>Correct</source>
        <translation>更正</translation>
    </message>
    <message>
        <source>Withdraw</source>
        <translation>撤回</translation>
    </message>
    <message>
        <source>Show all of it</source>
        <translation>显示全文</translation>
    </message>
    <message>
        <source>Look at it closer</source>
        <translation>放大查看</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Close this notice</source>
        <translation>关闭提示</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Save evidence…</source>
        <translation>保存存证…</translation>
    </message>
    <message>
        <source>Help…</source>
        <translation>帮助…</translation>
    </message>
    <message>
        <source>Take it back</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Set the file aside</source>
        <translation>移走该文件</translation>
    </message>
    <message>
        <source>Go on…</source>
        <translation>继续…</translation>
    </message>
    <message>
        <source>Profile…</source>
        <translation>配置…</translation>
    </message>
    <message>
        <source>Add it as a place</source>
        <translation>添加为存放位置</translation>
    </message>
</context>
<context>
    <name>OperatorSection</name>
    <message>
        <source>Operator and retention</source>
        <translation>操作人与保存期限</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>Function</source>
        <translation>职务</translation>
    </message>
    <message>
        <source>Legal basis</source>
        <translation>法律依据</translation>
    </message>
    <message>
        <source>Keep evidence for</source>
        <translation>证据保存</translation>
    </message>
    <message>
        <source> days</source>
        <translation> 天</translation>
    </message>
</context>
<context>
    <name>OutcomeView</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>service says</source>
        <translation>服务方原话</translation>
    </message>
    <message>
        <source>clock</source>
        <translation>时钟</translation>
    </message>
    <message>
        <source>For a support request</source>
        <translation>供咨询服务方时使用</translation>
    </message>
    <message>
        <source>Who signed</source>
        <translation>签署方</translation>
    </message>
    <message>
        <source>Look up</source>
        <translation>查询</translation>
    </message>
    <message>
        <source>Edit profile…</source>
        <translation>编辑配置…</translation>
    </message>
    <message>
        <source>Help…</source>
        <translation>帮助…</translation>
    </message>
    <message>
        <source>Show what was received</source>
        <translation>查看收到的内容</translation>
    </message>
    <message>
        <source>Look up again</source>
        <translation>重新查询</translation>
    </message>
</context>
<context>
    <name>Packages</name>
    <message>
        <source>Open an evidence folder…</source>
        <translation>打开证据文件夹…</translation>
    </message>
    <message>
        <source>Open a package (zip)…</source>
        <translation>打开移交包…</translation>
    </message>
    <message>
        <source>Keep a copy in the library…</source>
        <translation>在证据库中保留副本…</translation>
    </message>
    <message>
        <source>Open an evidence folder</source>
        <translation>打开证据文件夹</translation>
    </message>
    <message>
        <source>Open a package</source>
        <translation>打开移交包</translation>
    </message>
</context>
<context>
    <name>PapersDialog</name>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
</context>
<context>
    <name>PassphraseDialog</name>
    <message>
        <source>Sign</source>
        <translation>签名</translation>
    </message>
</context>
<context>
    <name>PassphraseRows</name>
    <message>
        <source>Key passphrase</source>
        <translation>密钥口令</translation>
    </message>
    <message>
        <source>Once more</source>
        <translation>再次输入</translation>
    </message>
</context>
<context>
    <name>PhotoView</name>
    <message>
        <source>Photo</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>The picture the video is compared with.</source>
        <translation>与视频比对的图片。</translation>
    </message>
    <message>
        <source>Pin the current frame</source>
        <translation>钉住当前帧</translation>
    </message>
    <message>
        <source>Choose a picture…</source>
        <translation>选择图片…</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Compare with a picture of your own…</source>
        <translation>与您自己的图片比对…</translation>
    </message>
    <message>
        <source>Take the pinned frame or picture away</source>
        <translation>移除钉住的帧或图片</translation>
    </message>
</context>
<context>
    <name>PictureDialog</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>PlaceStep</name>
    <message>
        <source>Where evidence is kept</source>
        <translation>证据存放位置</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>选择文件夹…</translation>
    </message>
</context>
<context>
    <name>PlacesDialog</name>
    <message>
        <source>Evidence places</source>
        <translation>证据存放位置</translation>
    </message>
    <message>
        <source>Read all again</source>
        <translation>全部重新读取</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>PlacesPanel</name>
    <message>
        <source>Looking at the places…</source>
        <translation>正在查看各位置…</translation>
    </message>
    <message>
        <source>Add a place…</source>
        <translation>添加位置…</translation>
    </message>
    <message>
        <source>new evidence goes here</source>
        <translation>新证据存放于此</translation>
    </message>
    <message>
        <source>New evidence here</source>
        <translation>新证据存于此处</translation>
    </message>
    <message>
        <source>Take out of the list; nothing is deleted</source>
        <translation>从列表移除；不删除任何内容</translation>
    </message>
    <message>
        <source>Add a place</source>
        <translation>添加位置</translation>
    </message>
</context>
<context>
    <name>PlacesSection</name>
    <message>
        <source>Evidence places</source>
        <translation>证据存放位置</translation>
    </message>
    <message>
        <source>Read all again</source>
        <translation>全部重新读取</translation>
    </message>
</context>
<context>
    <name>PlaybackSection</name>
    <message>
        <source>Playback</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>音量</translation>
    </message>
    <message>
        <source>Without sound</source>
        <translation>静音</translation>
    </message>
    <message>
        <source>Begin again at the end</source>
        <translation>结束后重新播放</translation>
    </message>
</context>
<context>
    <name>PrivacyActions</name>
    <message>
        <source>Who looked at this record…</source>
        <translation>谁查看过此记录…</translation>
    </message>
    <message>
        <source>Access log…</source>
        <translation>访问日志…</translation>
    </message>
    <message>
        <source>What is stored where…</source>
        <translation>各处存放了什么…</translation>
    </message>
    <message>
        <source>Unsaved captures past their date…</source>
        <translation>已过保留期的未保存采集…</translation>
    </message>
</context>
<context>
    <name>PrivacySection</name>
    <message>
        <source>Privacy</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>On the screen</source>
        <translation>屏幕显示</translation>
    </message>
    <message>
        <source>Mark pictures with the operator</source>
        <translation>在画面上标明操作人</translation>
    </message>
    <message>
        <source>Text of the mark</source>
        <translation>标记文字</translation>
    </message>
    <message>
        <source>Hide everything without input for</source>
        <translation>无操作时隐藏全部内容：</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source> min</source>
        <translation> 分钟</translation>
    </message>
    <message>
        <source>Hide everything when the screen is locked</source>
        <translation>锁屏时隐藏全部内容</translation>
    </message>
    <message>
        <source>Show small pictures in the library</source>
        <translation>在证据库中显示缩略图</translation>
    </message>
    <message>
        <source>Reasons</source>
        <translation>查看原因</translation>
    </message>
    <message>
        <source>Ask why before a record is opened</source>
        <translation>打开记录前询问原因</translation>
    </message>
    <message>
        <source>Ask why before personal data are shown</source>
        <translation>显示个人信息前询问原因</translation>
    </message>
    <message>
        <source>Ask why before a record is exported</source>
        <translation>移交导出前询问原因</translation>
    </message>
    <message>
        <source>Dates</source>
        <translation>期限</translation>
    </message>
    <message>
        <source>Offer unsaved records for removal after</source>
        <translation>未保存的记录在此天数后提示移除</translation>
    </message>
    <message>
        <source>Days</source>
        <translation>天数</translation>
    </message>
    <message>
        <source> days</source>
        <translation> 天</translation>
    </message>
    <message>
        <source>Remove them at the start without asking</source>
        <translation>启动时直接移除，不再询问</translation>
    </message>
    <message>
        <source>Warn of a retention date before, by</source>
        <translation>保存期限到期前提醒</translation>
    </message>
    <message>
        <source>Warn before the provider deletes an unsaved recording, by</source>
        <translation>服务方删除未存证的录像之前提醒，提前</translation>
    </message>
    <message>
        <source>Hours</source>
        <translation>小时</translation>
    </message>
    <message>
        <source> h</source>
        <translation> 小时</translation>
    </message>
</context>
<context>
    <name>ProfileForm</name>
    <message>
        <source>Forget</source>
        <translation>删除配置</translation>
    </message>
    <message>
        <source>Test connection</source>
        <translation>测试连接</translation>
    </message>
    <message>
        <source>Keep profile</source>
        <translation>保存配置</translation>
    </message>
    <message>
        <source>usual address of the service</source>
        <translation>默认为官方地址</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>服务</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境</translation>
    </message>
    <message>
        <source>Other address</source>
        <translation>其他地址</translation>
    </message>
    <message>
        <source>Keep changes</source>
        <translation>保存更改</translation>
    </message>
    <message>
        <source>only if needed</source>
        <translation>需要时填写</translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation>保持不变</translation>
    </message>
    <message>
        <source>enter again</source>
        <translation>请重新输入</translation>
    </message>
    <message>
        <source>cannot be read now</source>
        <translation>暂时无法读取</translation>
    </message>
    <message>
        <source>SIGN ticket</source>
        <translation>SIGN 票据</translation>
    </message>
    <message>
        <source>I accept this risk</source>
        <translation>我接受此风险</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>已停止。</translation>
    </message>
    <message>
        <source>Asking the service…</source>
        <translation>正在询问服务方…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
</context>
<context>
    <name>ProfilesDialog</name>
    <message>
        <source>Profiles</source>
        <translation>配置</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ProfilesPanel</name>
    <message>
        <source>Profiles</source>
        <translation>配置</translation>
    </message>
    <message>
        <source>New profile</source>
        <translation>新建配置</translation>
    </message>
</context>
<context>
    <name>ProfilesSection</name>
    <message>
        <source>Profiles</source>
        <translation>配置</translation>
    </message>
</context>
<context>
    <name>PurgeDialog</name>
    <message>
        <source>Delete evidence</source>
        <translation>删除证据</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Evidence id</source>
        <translation>证据编号</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>永久删除</translation>
    </message>
</context>
<context>
    <name>QAbstractFileIconProvider</name>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>%1 File</source>
        <translation>%1 文件</translation>
    </message>
    <message>
        <source>Drive</source>
        <translation>驱动器</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>未知</translation>
    </message>
</context>
<context>
    <name>QFileDialog</name>
    <message>
        <source>&amp;Look in:</source>
        <translation>查找范围(&amp;L)：</translation>
    </message>
    <message>
        <source>Files of &amp;type:</source>
        <translation>文件类型(&amp;T)：</translation>
    </message>
    <message>
        <source>&amp;Directory:</source>
        <translation>目录(&amp;D)：</translation>
    </message>
</context>
<context>
    <name>QuestionsPanel</name>
    <message>
        <source>Intention: questions and answers</source>
        <translation>意愿核身问答</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>Recognised answer</source>
        <translation>识别的回答</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
</context>
<context>
    <name>ReasonDialog</name>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
</context>
<context>
    <name>RecordPage</name>
    <message>
        <source>Video full screen</source>
        <translation>视频全屏</translation>
    </message>
    <message>
        <source>Clips</source>
        <translation>录像片段</translation>
    </message>
    <message>
        <source>Checking the recording…</source>
        <translation>正在检查录像…</translation>
    </message>
    <message>
        <source>A picture to compare with</source>
        <translation>用于比对的图片</translation>
    </message>
</context>
<context>
    <name>ReportActions</name>
    <message>
        <source>Report…</source>
        <translation>报告…</translation>
    </message>
    <message>
        <source>Print…</source>
        <translation>打印…</translation>
    </message>
</context>
<context>
    <name>ReportDialog</name>
    <message>
        <source>Print</source>
        <translation>打印</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Show personal data in full (logged)</source>
        <translation>以明文显示个人信息（留痕）</translation>
    </message>
    <message>
        <source>Make it although the check failed; every page says so</source>
        <translation>即使核验未通过也出具，每页注明</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Print…</source>
        <translation>打印…</translation>
    </message>
    <message>
        <source>Make report</source>
        <translation>生成报告</translation>
    </message>
    <message>
        <source>Where the report goes</source>
        <translation>报告存放位置</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
</context>
<context>
    <name>RescueListDialog</name>
    <message>
        <source>Rescue a list</source>
        <translation>按清单抢救</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果列表</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>List (CSV)</source>
        <translation>清单（CSV）</translation>
    </message>
    <message>
        <source>Case</source>
        <translation>案件编号</translation>
    </message>
    <message>
        <source>Purpose</source>
        <translation>目的</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Ask again for what was missing or refused</source>
        <translation>对缺失或被拒的记录再次查询</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Rescue</source>
        <translation>抢救存证</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Lists (*.csv *.txt *.tsv)</source>
        <translation>清单 (*.csv *.txt *.tsv)</translation>
    </message>
    <message>
        <source>Working through the list, the most urgent first…</source>
        <translation>正在处理清单，最紧急的优先…</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
</context>
<context>
    <name>RiskPanel</name>
    <message>
        <source>Risk tags</source>
        <translation>风险标签</translation>
    </message>
</context>
<context>
    <name>RotateDialog</name>
    <message>
        <source>Replace the key</source>
        <translation>更换密钥</translation>
    </message>
</context>
<context>
    <name>RowMenu</name>
    <message>
        <source>Choose one record to open it.</source>
        <translation>请选择一条记录再打开。</translation>
    </message>
    <message>
        <source>No record is chosen.</source>
        <translation>未选择记录。</translation>
    </message>
    <message>
        <source>Only sealed evidence can be verified: save this record first.</source>
        <translation>只能核验已存证的记录：请先保存此记录。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Verify the chosen ones</source>
        <translation>核验所选记录</translation>
    </message>
    <message>
        <source>Copy ids</source>
        <translation>复制编号</translation>
    </message>
    <message>
        <source>Fetch missing timestamps now</source>
        <translation>立即获取缺少的时间戳</translation>
    </message>
</context>
<context>
    <name>SaveDialog</name>
    <message>
        <source>Rescue</source>
        <translation>抢救存证</translation>
    </message>
    <message>
        <source>Save evidence</source>
        <translation>保存存证</translation>
    </message>
    <message>
        <source>why this record is looked at</source>
        <translation>为何查看该记录</translation>
    </message>
    <message>
        <source>Case</source>
        <translation>案件编号</translation>
    </message>
    <message>
        <source>Purpose</source>
        <translation>目的</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Where evidence is kept</source>
        <translation>存证保存位置</translation>
    </message>
    <message>
        <source>Sealing…</source>
        <translation>正在封存…</translation>
    </message>
</context>
<context>
    <name>ScoresPanel</name>
    <message>
        <source>Scores, as received</source>
        <translation>得分（服务方原值）</translation>
    </message>
</context>
<context>
    <name>SecretDialog</name>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
</context>
<context>
    <name>SecretField</name>
    <message>
        <source>Show what was typed</source>
        <translation>显示输入内容</translation>
    </message>
</context>
<context>
    <name>Section</name>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
</context>
<context>
    <name>ServiceStep</name>
    <message>
        <source>Which service do you use?</source>
        <translation>您使用哪项服务？</translation>
    </message>
    <message>
        <source>Just look at the demo</source>
        <translation>先看演示</translation>
    </message>
</context>
<context>
    <name>SetUp</name>
    <message>
        <source>Getting started…</source>
        <translation>入门向导…</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>分类</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
</context>
<context>
    <name>SheetButtons</name>
    <message>
        <source>Print the sheet…</source>
        <translation>打印登记表…</translation>
    </message>
    <message>
        <source>Save the sheet…</source>
        <translation>保存登记表…</translation>
    </message>
    <message>
        <source>Save the sheet</source>
        <translation>保存登记表</translation>
    </message>
</context>
<context>
    <name>SheetStep</name>
    <message>
        <source>Print the enrolment sheet</source>
        <translation>打印登记表</translation>
    </message>
</context>
<context>
    <name>SidePanes</name>
    <message>
        <source>Show or hide the library</source>
        <translation>显示或隐藏证据库</translation>
    </message>
    <message>
        <source>Show or hide the findings</source>
        <translation>显示或隐藏结果栏</translation>
    </message>
</context>
<context>
    <name>StampSection</name>
    <message>
        <source>Timestamps</source>
        <translation>可信时间戳</translation>
    </message>
    <message>
        <source>Authorities</source>
        <translation>时间戳机构</translation>
    </message>
    <message>
        <source>Their certificates</source>
        <translation>机构证书</translation>
    </message>
    <message>
        <source>Have every request stamped before it is sent</source>
        <translation>每次请求发送前先加盖时间戳</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>All data stay on this computer</source>
        <translation>所有数据仅保存在本机</translation>
    </message>
    <message>
        <source>Help…</source>
        <translation>帮助…</translation>
    </message>
    <message>
        <source>What to do about the keyring</source>
        <translation>钥匙串问题的处理办法</translation>
    </message>
</context>
<context>
    <name>StoredDialog</name>
    <message>
        <source>What is stored where</source>
        <translation>各处存放了什么</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Keyring</source>
        <translation>系统钥匙串</translation>
    </message>
    <message>
        <source>What is sent</source>
        <translation>会发送什么</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>打开文件夹</translation>
    </message>
</context>
<context>
    <name>TextDialog</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Small pictures, sound and markers of the clip over time. The arrow keys step frame by frame.</source>
        <translation>片段随时间的缩略图、声音与标记。用方向键逐帧移动。</translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>First frame</source>
        <translation>第一帧</translation>
    </message>
    <message>
        <source>Play backwards</source>
        <translation>倒放</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>上一帧</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>One frame forward</source>
        <translation>下一帧</translation>
    </message>
    <message>
        <source>Last frame</source>
        <translation>最后一帧</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>循环</translation>
    </message>
    <message>
        <source>Mark the first frame</source>
        <translation>标记起始帧</translation>
    </message>
    <message>
        <source>Mark the last frame</source>
        <translation>标记结束帧</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>静音</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>音量</translation>
    </message>
    <message>
        <source>No sound device on this computer. Connect headphones or a loudspeaker; Help (F1) says more.</source>
        <translation>本机没有声音设备。请连接耳机或扬声器；帮助（F1）中有详细说明。</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>This clip cannot be played here. Stepping works; open the record to try again.</source>
        <translation>此片段无法在本机播放。逐帧查看仍可使用；重新打开记录可再试一次。</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Playback is not possible here: Qt Multimedia is missing. Stepping works.</source>
        <translation>缺少 Qt Multimedia，无法播放；可逐帧查看。</translation>
    </message>
</context>
<context>
    <name>TrustDialog</name>
    <message>
        <source>Compare the signer</source>
        <translation>核对签名人</translation>
    </message>
    <message>
        <source>Calls itself</source>
        <translation>自称</translation>
    </message>
    <message>
        <source>Fingerprint</source>
        <translation>指纹</translation>
    </message>
    <message>
        <source>From the sheet</source>
        <translation>登记表上的</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Compare and trust</source>
        <translation>核对并信任</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>正在核验…</translation>
    </message>
</context>
<context>
    <name>TrustedSection</name>
    <message>
        <source>Trusted signers</source>
        <translation>受信任的签名人</translation>
    </message>
    <message>
        <source>Add a certificate…</source>
        <translation>添加证书…</translation>
    </message>
    <message>
        <source>Trust no longer</source>
        <translation>不再信任</translation>
    </message>
    <message>
        <source>Add a certificate</source>
        <translation>添加证书</translation>
    </message>
    <message>
        <source>Certificates</source>
        <translation>证书</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
</context>
<context>
    <name>VerdictBanner</name>
    <message>
        <source>Discard…</source>
        <translation>丢弃…</translation>
    </message>
    <message>
        <source>Save evidence…</source>
        <translation>保存存证…</translation>
    </message>
    <message>
        <source>Compare signer…</source>
        <translation>核对签名人…</translation>
    </message>
    <message>
        <source>Verify again</source>
        <translation>重新验签</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>显示文件夹</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>移交导出…</translation>
    </message>
    <message>
        <source>Keep a copy…</source>
        <translation>保留副本…</translation>
    </message>
    <message>
        <source>Show all of it</source>
        <translation>显示全部内容</translation>
    </message>
</context>
<context>
    <name>VideoStage</name>
    <message>
        <source>Video</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>The picture of the chosen clip. Space plays, the arrow keys step frame by frame.</source>
        <translation>所选片段的画面。空格键播放，方向键逐帧移动。</translation>
    </message>
    <message>
        <source>Pin this frame for comparison</source>
        <translation>钉住此帧用于比对</translation>
    </message>
    <message>
        <source>Opening the recording…</source>
        <translation>正在打开录像…</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Getting started…</source>
        <translation>入门向导…</translation>
    </message>
    <message>
        <source>Add a profile…</source>
        <translation>添加配置…</translation>
    </message>
    <message>
        <source>Open a folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Demo</source>
        <translation>演示</translation>
    </message>
    <message>
        <source>A made-up company and made-up people. Choose a record to look it up; nothing here stays.</source>
        <translation>虚构的企业与人物。选择一条记录即可查询；此处内容均不保留。</translation>
    </message>
    <message>
        <source>Look up a record</source>
        <translation>查询记录</translation>
    </message>
    <message>
        <source>Paste the id of a contract flow or an order above. What arrives is kept on this computer at once; the provider deletes its copy after one to three days.</source>
        <translation>请在上方粘贴合同流程或核身订单编号。收到的内容会立即保存在本机；服务方将在一至三天后删除其副本。</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>欢迎使用</translation>
    </message>
    <message>
        <source>The guide sets this computer up step by step, or shows the demo. To review an evidence folder offline, open it: that needs no keys and no network.</source>
        <translation>向导会逐步完成本机设置，也可以先看演示。若要离线查看证据文件夹，直接打开即可：无需密钥，也无需网络。</translation>
    </message>
</context>
<context>
    <name>WhichDialog</name>
    <message>
        <source>Open a package</source>
        <translation>打开移交包</translation>
    </message>
    <message>
        <source>Evidence folders in the package</source>
        <translation>移交包内的证据文件夹</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
</context>
<context>
    <name>WindowMenu</name>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>高对比度</translation>
    </message>
</context>
</TS>
